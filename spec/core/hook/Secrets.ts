/** Secrets of every kind, and the ways in which texts give them away. */
import fc from "fast-check"

const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
export const random = (length: number, of = alphabet): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...of), { minLength: length, maxLength: length }).map((all) => `${all.join("")}7`)

const base64 = fc.array(random(63), { minLength: 1, maxLength: 4 })

/** Keys as vendors make them: what must be gone, wherever it stands. */
export const keys = fc.oneof(
  fc
    .constantFrom(
      "sk-",
      "sk-ant-api03-",
      "sk-proj-",
      "sk_live_",
      "rk_test_",
      "ghp_",
      "gho_",
      "ghs_",
      "github_pat_",
      "glpat-"
    )
    .chain((prefix) => random(32).map((rest) => prefix + rest)),
  fc.constantFrom("xoxb-", "xoxp-", "AIza", "npm_", "hf_").chain((prefix) => random(36).map((rest) => prefix + rest)),
  fc
    .constantFrom("AKIA", "ASIA")
    .chain((prefix) => random(15, "ABCDEFGHJKLMNPQRSTUVWXYZ234567").map((rest) => prefix + rest)),
  fc.tuple(random(20), random(30), random(20)).map(([head, body, mark]) => `eyJ${head}.eyJ${body}.${mark}`)
)

export const blocks = fc
  .tuple(fc.constantFrom("RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"), base64)
  .map(([kind, lines]) => [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`].join("\n"))

export const names = fc.constantFrom(
  ...(
    "api_key apikey apiKey API_KEY X-Api-Key secret client_secret clientSecret token TOKEN_2 GITHUB_TOKEN access_token " +
    "refreshToken password db.password PGPASSWORD passwd passphrase Authorization proxy-authorization private_key " +
    "AWS_SECRET_ACCESS_KEY accessKey ssh-key credential credentials Cookie Set-Cookie passwords auth_tokens secret_value DB_PASS DB_PASSWORD"
  ).split(" ")
)
const variables = names.filter((name) => /^[A-Z_\d]+$/.test(name))
const flags = fc.constantFrom("api-key", "token", "password", "client-secret", "auth-token")

/** Ways in which a name stands before its secret. */
export const ways: fc.Arbitrary<(secret: string) => string> = fc.oneof(
  variables.map((name) => (secret: string) => `${name}=${secret} npm test`),
  variables.map((name) => (secret: string) => `export ${name}="${secret}" && run`),
  variables.map((name) => (secret: string) => `${name}='${secret}'\nrun`),
  flags.map((name) => (secret: string) => `login --${name} ${secret} --all`),
  flags.map((name) => (secret: string) => `login --${name}=${secret} --all`),
  flags.map((name) => (secret: string) => `login --${name} "${secret}" --all`),
  names.map((name) => (secret: string) => `{"${name}":"${secret}","b":1}`),
  names.map((name) => (secret: string) => `x = {'${name}': '${secret}'}`),
  names.map((name) => (secret: string) => `${name} = "${secret}"`),
  names.map((name) => (secret: string) => `${name}: ${secret}\nnext: line`),
  names.map((name) => (secret: string) => `curl 'https://a.example/b?x=1&${name}=${secret}&y=2'`),
  fc.constantFrom("Bearer ", "Basic ", "token ", "Digest a=").map((scheme) => (secret: string) => {
    return `curl -H "Authorization: ${scheme}${secret}, r='${secret}'" https://a.example`
  }),
  fc.constant((secret: string) => `curl -H 'Cookie: a=${secret}; b=${secret}' -H 'X-Api-Key: ${secret}' x`),
  fc.constant((secret: string) => `see Authorization: Basic ${secret}`),
  fc.constant((secret: string) => `it said Bearer ${secret} there`),
  fc.constant((secret: string) => `psql postgres://bob:${secret}@db.example:5432/x?y`)
)

/** A text as it looks inside of JSON strings inside of JSON strings. */
export const nested = (text: string, depth: number): string =>
  depth === 0 ? text : JSON.stringify({ said: nested(text, depth - 1), after: "kept" })
