/** Texts made of what redaction and cutting look at: names, separators, quotes, keys, marks, and the beginnings of each. */
import fc from "fast-check"

const pieces = [
  ..."ab7 \n\t\"'`\\:=,;&?#@/<>(){}[]$-_.…\u00e9\u{1f600}\ud83d\u0000",
  ...[
    "\\n",
    '\\"',
    '\\\\\\"',
    "\\u0070",
    ": ",
    " = ",
    ":=",
    "=>",
    "==",
    "--",
    "://",
    "u:p@h",
    '"}',
    '{"',
    '":"',
    '","',
    "[["
  ],
  ...["password", "api_key", "apiKey", "X-Api-Key", "FOO_TOKEN", "--token", "token", "tokens", "max_token", "DB_PASS"],
  ...[
    "Authorization",
    "Cookie",
    "secret",
    "credentials",
    "Bearer ",
    "session_id",
    "tool",
    "input",
    "cwd",
    "null",
    "12"
  ],
  ...["[redacted]", "[reda", "cted]", "… [12 characters cut]", "… [", "${X}", "$(", "***"],
  ...[
    "sk-ant-api03-abcdef",
    "ghp_0123456789abcdef",
    "AKIAABCDEFGH12345678",
    "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln",
    "hunter2x"
  ],
  ...[
    "sk-",
    "eyJ",
    "ghp_",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----END RSA PRIVATE KEY-----",
    "MIIEvQIBADANBgkqhkiG9w0",
    "-----"
  ]
]

export const piece = fc.constantFrom(...pieces)

export const fragments = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(piece, { maxLength }).map((chosen) => chosen.join(""))

/** JSON values with such strings and keys at any depth. */
export const { json } = fc.letrec<{ json: unknown; array: ReadonlyArray<unknown>; object: Record<string, unknown> }>(
  (tie) => ({
    json: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fragments(12),
      fc.constantFrom(null, true, false, 0, -1, 1e21, 1_234_567),
      tie("array"),
      tie("object")
    ),
    array: fc.array(tie("json"), { maxLength: 5 }),
    object: fc.dictionary(fragments(4), tie("json"), { maxKeys: 5 })
  })
)
