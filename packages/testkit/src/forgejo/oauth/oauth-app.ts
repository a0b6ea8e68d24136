import { randomBytes, randomUUID } from "node:crypto";
import { base32 } from "./base32.ts";

/** An OAuth2 application as a user registers it in Forgejo. */
export interface OAuthApp {
  readonly id: number;
  readonly ownerId: number;
  name: string;
  readonly clientId: string;
  clientSecret: string;
  redirectUris: readonly string[];
  confidential: boolean;
  readonly createdAt: Date;
}

export interface NewOAuthApp {
  readonly ownerId: number;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly confidential: boolean;
}

export class OAuthApps {
  readonly #apps = new Map<number, OAuthApp>();
  #lastId = 0;

  create(app: NewOAuthApp): OAuthApp {
    this.#lastId += 1;
    const created: OAuthApp = {
      ...app,
      id: this.#lastId,
      clientId: randomUUID(),
      clientSecret: newClientSecret(),
      createdAt: new Date(),
    };
    this.#apps.set(created.id, created);
    return created;
  }

  byId(id: number): OAuthApp | undefined {
    return this.#apps.get(id);
  }

  byClientId(clientId: string): OAuthApp | undefined {
    return this.all().find((app) => app.clientId === clientId);
  }

  all(): OAuthApp[] {
    return [...this.#apps.values()];
  }

  /** The old secret is invalid at once; tokens stay valid. */
  rotateSecret(app: OAuthApp): string {
    app.clientSecret = newClientSecret();
    return app.clientSecret;
  }

  delete(app: OAuthApp): void {
    this.#apps.delete(app.id);
  }
}

function newClientSecret(): string {
  return `gto_${base32(randomBytes(32))}`;
}
