/** How to run a redis-server. */
export interface RedisBinary {
  readonly command: string;
  /** The environment that the binary needs. */
  readonly env: Readonly<Record<string, string>>;
}
