import type { Instance } from "../instance.ts";
import type { SandboxUser } from "../users.ts";

/** A user as the API returns it. */
export function userJson(instance: Instance, user: SandboxUser) {
  return {
    id: user.id,
    login: user.name,
    login_name: "",
    source_id: 0,
    full_name: user.fullName,
    email: `${user.name}@noreply.example.org`,
    avatar_url: `${instance.url}/avatars/${user.id}`,
    html_url: `${instance.url}/${user.name}`,
    language: "en-US",
    is_admin: user.isAdmin,
    last_login: "2026-01-01T00:00:00Z",
    created: "2026-01-01T00:00:00Z",
    restricted: false,
    active: user.state !== "not-active" && user.state !== "email-not-confirmed",
    prohibit_login: user.state === "prohibited",
    location: "",
    pronouns: "",
    website: "",
    description: "",
    visibility: "public",
    followers_count: 0,
    following_count: 0,
    starred_repos_count: 0,
    username: user.name,
  };
}
