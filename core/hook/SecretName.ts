/**
 * Which names say that their value is a secret: `api_key`, `apiKey`, `X-Api-Key`, `GITHUB_TOKEN`, `db.password`,
 * `client_secret`, `Authorization`. The end of a name decides, for `password_file`, `token_type` and `secretName` are
 * none; neither are counts and words of a vocabulary (`input_tokens`, `max_token`, `eos_token`).
 */

const kinds = "api|access|private|secret|signing|encryption|auth|account|master|deploy|ssh"

const others = "passw(?:or)?d|passphrase|passcode|secret|credential|authorization|cookie|token"
const words = `(?:${kinds})[-_.]?key|${others}`

const inAnyCase = (source: string): string =>
  source.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)

/** The last word of such a name, where it stands in a text; the whole name decides whether it is one. */
export const lastWord = new RegExp(`${inAnyCase(words)}|[_-]PASS(?![a-zA-Z])`)

/** Finds something where `lastWord` does, though not from the same place, and sooner nothing where it finds nothing. */
export const anyWord = new RegExp(`${inAnyCase(`key(?<=(?:${kinds})[-_.]?key)|${others}`)}|[_-]PASS(?![a-zA-Z])`)

const said = new RegExp(
  `(?:passw(?:or)?ds?|passphrases?|passcodes?|secrets?|credentials?|authorization|cookies?|token|(?:access|api|auth|bearer|refresh|session|secret)tokens|(?:${kinds})keys?)(?:value|hash)?$`
)
const counted =
  /(?:max|min|per|num|input|output|total|prompt|completion|reasoning|cached?|bos|eos|pad|unk|sep|cls|mask|stop|start|end|special)token$/

const headers = /(?:authorization|cookie)$/

/** Longer than the end of a name that decides. */
const endLength = 64

const flat = (name: string): string =>
  name
    .slice(-endLength)
    .replace(/[^a-zA-Z\d]/g, "")
    .replace(/\d+$/, "")
    .toLowerCase()

export const isSecretName = (name: string): boolean => {
  const word = flat(name)
  return (said.test(word) && !counted.test(word)) || /[_-]PASS$/.test(name)
}

/** A header whose value has several words: `Authorization: Basic …`, `Set-Cookie: …`. */
export const isHeaderName = (name: string): boolean => headers.test(flat(name))

/** A flag by itself whose value is the argument after it: `--password`. */
export const isSecretFlag = (argument: string): boolean => /^--?[\w.-]{1,64}$/.test(argument) && isSecretName(argument)
