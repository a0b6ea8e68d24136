import type { UserState } from "./user-state.ts";

/** A Forgejo account. The id never changes; the login name can. */
export interface SandboxUser {
  readonly id: number;
  name: string;
  readonly fullName: string;
  password: string;
  isAdmin: boolean;
  state: UserState;
  /** `organization/team`. */
  teams: readonly string[];
}

/** A user to create. */
export interface NewUser {
  readonly name: string;
  readonly password?: string;
  readonly fullName?: string;
  readonly isAdmin?: boolean;
}

/** alice is the site's administrator. */
export const defaultUsers: readonly NewUser[] = [
  { name: "alice", fullName: "Alice Anderson", isAdmin: true },
  { name: "bob", fullName: "Bob Brown" },
];

export class Users {
  readonly #users: SandboxUser[];

  constructor(users: readonly NewUser[]) {
    this.#users = users.map((user, index) => ({
      id: index + 1,
      name: user.name,
      fullName: user.fullName ?? "",
      password: user.password ?? `${user.name}-password`,
      isAdmin: user.isAdmin ?? false,
      state: "normal",
      teams: [],
    }));
  }

  get all(): readonly SandboxUser[] {
    return this.#users;
  }

  delete(user: SandboxUser): void {
    this.#users.splice(this.#users.indexOf(user), 1);
  }

  byId(id: number): SandboxUser | undefined {
    return this.#users.find((user) => user.id === id);
  }

  /** Login names are case-insensitive, as in Forgejo. */
  byName(name: string): SandboxUser | undefined {
    return this.#users.find((user) => user.name.toLowerCase() === name.toLowerCase());
  }

  /** The user; throws when there is none. */
  named(name: string): SandboxUser {
    const user = this.byName(name);
    if (user === undefined) throw new Error(`The sandbox Forgejo has no user ${name}`);
    return user;
  }

  withPassword(name: string, password: string): SandboxUser | undefined {
    const user = this.byName(name);
    return user?.password === password ? user : undefined;
  }
}
