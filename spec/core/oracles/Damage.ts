/** What can be wrong with one part of a JSON value: it is not there, or something else is in its place. */

interface Damaged {
  /** What was done to which part. */
  readonly how: string
  readonly value: unknown
}

/** No part of anything that drover stores or prints looks like it. */
const foreign = { foreign: [] }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const replaced = (path: string, value: unknown): ReadonlyArray<Damaged> => [
  { how: `foreign ${path}`, value: foreign },
  ...within(path, value)
]

const within = (path: string, value: unknown): ReadonlyArray<Damaged> => {
  if (Array.isArray(value)) {
    return value.flatMap((each, index) =>
      replaced(`${path}[${index}]`, each).map(({ how, value: part }) => ({ how, value: value.with(index, part) }))
    )
  }
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, each]) => [
    { how: `missing ${path}.${key}`, value: Object.fromEntries(Object.entries(value).filter(([own]) => own !== key)) },
    ...replaced(`${path}.${key}`, each).map(({ how, value: part }) => ({ how, value: { ...value, [key]: part } }))
  ])
}

/**
 * Every copy of the value with one damaged part, at any depth. `optional`: the paths of parts that may well be missing,
 * like `.facts.limit`.
 */
export const damaged = (value: unknown, optional: RegExp | null = null): ReadonlyArray<Damaged> =>
  within("", value).filter(({ how }) => optional?.test(how.replace("missing ", "")) !== true)
