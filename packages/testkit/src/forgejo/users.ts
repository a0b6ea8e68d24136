/** A Forgejo account. The id never changes; the login name can. */
export interface SandboxUser {
  readonly id: number;
  name: string;
  readonly fullName: string;
  readonly password: string;
  readonly isAdmin: boolean;
  /** An administrator has locked the account: no sign-in and no API, but refresh tokens still work. */
  prohibited: boolean;
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
  readonly all: readonly SandboxUser[];

  constructor(users: readonly NewUser[]) {
    this.all = users.map((user, index) => ({
      id: index + 1,
      name: user.name,
      fullName: user.fullName ?? "",
      password: user.password ?? `${user.name}-password`,
      isAdmin: user.isAdmin ?? false,
      prohibited: false,
    }));
  }

  byId(id: number): SandboxUser | undefined {
    return this.all.find((user) => user.id === id);
  }

  /** Login names are case-insensitive, as in Forgejo. */
  byName(name: string): SandboxUser | undefined {
    return this.all.find((user) => user.name.toLowerCase() === name.toLowerCase());
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
