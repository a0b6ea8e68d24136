import { randomBytes } from "node:crypto";
import type { Fault } from "./faults.ts";
import type { Instance, SandboxCounts } from "./instance.ts";
import type { OAuthApp } from "./oauth/oauth-app.ts";
import type { NewRepository } from "./repositories/repositories.ts";
import type { SandboxSettings } from "./settings.ts";
import type { UserState } from "./user-state.ts";

/** The fields of a grant that tests read. */
export interface GrantView {
  readonly id: number;
  readonly scope: string;
  readonly counter: number;
}

/** Changes the state of a running sandbox: what an administrator, a user or a failure would do to a Forgejo. */
export class SandboxControls {
  readonly #instance: Instance;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** A personal access token, as the user's settings page creates one; `scope` is space-separated. */
  createAccessToken(user: string, scope: string): string {
    const token = randomBytes(20).toString("hex");
    this.#instance.accessTokens.set(token, { userId: this.#instance.users.named(user).id, scope });
    return token;
  }

  /** For tokens issued from now on. */
  setAccessTokenSeconds(seconds: number): void {
    this.#instance.settings.accessTokenSeconds = seconds;
  }

  /** For tokens issued from now on. */
  setRefreshTokenSeconds(seconds: number): void {
    this.#instance.settings.refreshTokenSeconds = seconds;
  }

  /** Forgejo ≤ 13's hidden form field. */
  setCsrf(csrf: boolean): void {
    this.#instance.settings.csrf = csrf;
  }

  setUnauthorizedStyle(style: SandboxSettings["unauthorizedStyle"]): void {
    this.#instance.settings.unauthorizedStyle = style;
  }

  /** The version that the API reports, such as an old one or Gitea's; `undefined`: 404. */
  setVersion(version: string | undefined): void {
    this.#instance.settings.version = version;
  }

  /** As the user's settings page does it: every token of the grant is invalid at once. */
  revokeGrant(user: string, clientId: string): void {
    const { grants, users } = this.#instance;
    const grant = grants.of(users.named(user).id, this.#app(clientId).id);
    if (grant !== undefined) grants.revoke(grant);
  }

  setUserState(user: string, state: UserState): void {
    this.#instance.users.named(user).state = state;
  }

  /** The teams of a user, each as `organization/team`. */
  setTeams(user: string, teams: readonly string[]): void {
    this.#instance.users.named(user).teams = teams;
  }

  setAdmin(user: string, isAdmin: boolean): void {
    this.#instance.users.named(user).isAdmin = isAdmin;
  }

  /** Sets the state `prohibited`, or `normal`. */
  prohibit(user: string, prohibited: boolean): void {
    this.setUserState(user, prohibited ? "prohibited" : "normal");
  }

  /** Deletes the user with their repositories and grants. The applications that they registered stay. */
  deleteUser(name: string): void {
    const { users, grants, repositories } = this.#instance;
    const user = users.named(name);
    grants.revokeAllOfUser(user.id);
    repositories.deleteAllOf(user);
    users.delete(user);
  }

  rename(user: string, newName: string): void {
    this.#instance.users.named(user).name = newName;
  }

  /**
   * Makes the next `times` code exchanges and refreshes lose the race for their grant's counter, as if another one had
   * overlapped: 400 `invalid_grant` "cannot increase the grant counter". The code is burned, the refresh token invalid.
   */
  loseCounterRace(times: number): void {
    this.#instance.counterRace.lose(times);
  }

  /** Time between reading and increasing a grant's counter: exchanges and refreshes that overlap race. Default 0. */
  setCounterRaceWindowMs(windowMs: number): void {
    this.#instance.counterRace.windowMs = windowMs;
  }

  /** Adds a repository of `owner`, behind those that they have unless it is `first`. */
  addRepository(owner: string, repository: NewRepository): void {
    const { repositories, users } = this.#instance;
    repositories.create(users.named(owner), repository);
  }

  setFault(fault: Fault): void {
    this.#instance.faults.arm(fault);
  }

  /** Closes the connections of hanging requests; held requests continue. */
  clearFaults(): void {
    this.#instance.faults.clear();
  }

  /** How many requests hang or are held now. */
  get waitingRequests(): number {
    return this.#instance.faults.waiting;
  }

  /** Returns the new secret. Tokens stay valid; a refresh with the old secret is `invalid_client`. */
  rotateSecret(clientId: string): string {
    return this.#instance.apps.rotateSecret(this.#app(clientId));
  }

  /** Its access tokens get 401 from the API, a refresh is `invalid_client`. */
  deleteApp(clientId: string): void {
    const app = this.#app(clientId);
    this.#instance.grants.revokeAllOfApp(app.id);
    this.#instance.apps.delete(app);
  }

  /** The grant of a user to an app, if there is one. */
  grantOf(user: string, clientId: string): GrantView | undefined {
    const { grants, users } = this.#instance;
    const grant = grants.of(users.named(user).id, this.#app(clientId).id);
    return grant && { id: grant.id, scope: grant.scope, counter: grant.counter };
  }

  /** How often tokens were issued so far. */
  get counts(): SandboxCounts {
    return { ...this.#instance.counts };
  }

  #app(clientId: string): OAuthApp {
    const app = this.#instance.apps.byClientId(clientId);
    if (app === undefined) throw new Error("The sandbox Forgejo has no app with this client id");
    return app;
  }
}
