/**
 * The identity provider that bodhi's current client logs in with, as far as that client uses one (OpenID Connect Core 1.0;
 * bodhi-client bodhi/client/oidcclient.py; bodhi-server auth/views.py). Its accounts are those of the secrets file. It is
 * below `/idp` of bodhi's own address: `bodhi --url http://…/ --id-provider http://…/idp`.
 */
import { randomBytes } from "node:crypto";
import type { Accounts } from "./accounts";
import { AUTH_COOKIE } from "./current-auth";
import type { Answer, Call } from "./dialect-09";
import { single } from "./forms";

const TOKEN_SECONDS = 86_400;
const LIMIT = 2_000;

interface Grant {
  user: string;
  redirectUri: string;
}

/** A map that forgets its oldest entry when it is full. */
class Bounded<T> {
  readonly #entries = new Map<string, T>();

  add(value: T): string {
    const key = randomBytes(20).toString("hex");
    this.#entries.set(key, value);
    if (this.#entries.size > LIMIT) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return key;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  take(key: string): T | undefined {
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    return value;
  }
}

function error(status: number, name: string, description: string): Answer {
  return { status, value: { error: name, error_description: description } };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export class IdentityProvider {
  readonly #codes = new Bounded<Grant>();
  readonly #tokens = new Bounded<string>();

  constructor(readonly accounts: Accounts) {}

  /** @returns undefined when the path is not the provider's */
  answer(call: Call, path: string): Answer | undefined {
    const { method } = call.request;
    switch (`${method} ${path}`) {
      case "GET /idp/.well-known/openid-configuration":
        return this.#metadata(call);
      case "GET /idp/authorize":
        return this.#form(call, "");
      case "POST /idp/authorize":
        return this.#authorize(call);
      case "POST /idp/token":
        return this.#token(call);
      case "GET /idp/userinfo":
      case "POST /idp/userinfo":
        return this.#userInfo(call);
      case "GET /oidc/login-token":
        return this.#loginWithToken(call);
      default:
        return undefined;
    }
  }

  #metadata({ request }: Call): Answer {
    const issuer = `http://${request.headers.host ?? "localhost"}/idp`;
    const value = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      response_types_supported: ["code"],
      response_modes_supported: ["query"],
      grant_types_supported: ["authorization_code", "password", "refresh_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["none"],
      token_endpoint_auth_methods_supported: ["none"],
    };
    return { status: 200, value };
  }

  #form({ parameters }: Call, message: string): Answer {
    const hidden = ["redirect_uri", "state", "response_type", "client_id", "scope"]
      .map((name) => `<input type="hidden" name="${name}" value="${escapeHtml(single(parameters, name) ?? "")}">`)
      .join("");
    const html = `<!doctype html><html lang="en"><title>Log in</title><h1>Log in to the mock bodhi</h1><p>${escapeHtml(message)}</p><form method="post">${hidden}<label>Name <input name="username"></label> <label>Password <input name="password" type="password"></label> <button>Log in</button></form></html>`;
    return { status: message === "" ? 200 : 403, value: null, html };
  }

  #authorize(call: Call): Answer {
    const { parameters } = call;
    const user = single(parameters, "username") ?? "";
    const redirectUri = single(parameters, "redirect_uri") ?? "";
    if (!this.accounts.check(user, single(parameters, "password") ?? ""))
      return this.#form(call, "The name or the password is wrong.");
    let target: URL;
    try {
      target = new URL(redirectUri);
    } catch {
      return error(400, "invalid_request", "redirect_uri is not a URL");
    }
    // The client's own loopback page, and no other place: a code must not be sent to strangers.
    if (!["localhost", "127.0.0.1", "[::1]"].includes(target.hostname)) {
      return error(400, "invalid_request", "redirect_uri must be on the loopback interface");
    }
    target.searchParams.set("code", this.#codes.add({ user, redirectUri }));
    target.searchParams.set("state", single(parameters, "state") ?? "");
    return { status: 302, value: null, headers: { location: target.href } };
  }

  #token({ parameters }: Call): Answer {
    const type = single(parameters, "grant_type");
    let user: string | undefined;
    if (type === "password") {
      const name = single(parameters, "username") ?? "";
      if (this.accounts.check(name, single(parameters, "password") ?? "")) user = name;
    } else if (type === "authorization_code") {
      const grant = this.#codes.take(single(parameters, "code") ?? "");
      if (grant?.redirectUri === single(parameters, "redirect_uri")) user = grant?.user;
    } else if (type === "refresh_token") user = this.#tokens.get(single(parameters, "refresh_token") ?? "");
    else return error(400, "unsupported_grant_type", "use authorization_code, password or refresh_token");
    if (user === undefined) return error(400, "invalid_grant", "The name, the password or the code is wrong");
    const token = this.#tokens.add(user);
    return {
      status: 200,
      value: { access_token: token, refresh_token: token, token_type: "Bearer", expires_in: TOKEN_SECONDS },
    };
  }

  /** The user of a request's bearer token. */
  userOf({ request, parameters }: Call): string | undefined {
    const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    return this.#tokens.get(bearer ?? single(parameters, "access_token") ?? "");
  }

  #userInfo(call: Call): Answer {
    const user = this.userOf(call);
    if (user === undefined) return error(401, "invalid_token", "The token is not valid");
    const { email, groups } = call.world.user(user);
    return { status: 200, value: { sub: user, nickname: user, name: user, email, groups } };
  }

  /** bodhi's own cookie for a token. */
  #loginWithToken(call: Call): Answer {
    const user = this.userOf(call);
    if (user === undefined)
      return error(
        401,
        "invalid_token",
        "The access token provided is expired, revoked, malformed, or invalid for other reasons.",
      );
    call.world.user(user);
    const visit = this.accounts.visit(user);
    return { status: 202, value: {}, headers: { "set-cookie": `${AUTH_COOKIE}=${visit}; Path=/; HttpOnly` } };
  }
}
