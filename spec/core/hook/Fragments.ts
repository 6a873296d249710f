/** Texts made of what redaction and cutting look at: names, separators, quotes, keys, marks, and the beginnings of each. */
import fc from "fast-check"

const characters = "ab7 \n\t\"'`\\:=,;&?#@/<>(){}[]$-_.…\u00e9\u{1f600}\ud83d\u0000"

const pieces = (
  String.raw`\n \" \\\" \u0070 : = := => == -- :// u:p@h "} {" ":" "," [[ null 12 cwd session_id tool input ` +
  "password api_key apiKey X-Api-Key FOO_TOKEN --token token tokens max_token DB_PASS Authorization Cookie secret " +
  "credentials Bearer [redacted] [reda cted] ${X} $( *** sk-ant-api03-abcdef ghp_0123456789abcdef " +
  "AKIAABCDEFGH12345678 eyJhbGciOiJI.eyJzdWIiOiIx.c2ln hunter2x sk- eyJ ghp_ ----- MIIEvQIBADANBgkqhkiG9w0"
).split(" ")

const withBlanks = [
  ": ",
  " = ",
  "Bearer ",
  "… [12 characters cut]",
  "… [",
  "-----BEGIN RSA PRIVATE KEY-----",
  "-----END RSA PRIVATE KEY-----"
]

export const fragments = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...characters, ...pieces, ...withBlanks), { maxLength }).map((chosen) => chosen.join(""))

/** JSON values with such strings and keys at any depth. */
export const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fragments(12),
    fc.constantFrom(null, true, false, 0, -1, 1e21, 1_234_567),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fragments(4), tie("value"), { maxKeys: 5 })
  )
}))

/** Values that hold nothing to redact. */
export const { value: plainValues } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("git status", "npm test -- --run", "token", "input_tokens: 12", 'say "no"', null, true, 1.5, -2),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "token_type", "input_tokens", "path", "key", "é"), tie("value"), { maxKeys: 4 })
  )
}))
