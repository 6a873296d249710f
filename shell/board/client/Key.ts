/** The page's half of a session; the other half is a cookie that scripts can not read. */
const place = "drover.key"

const store = (): Storage | null => {
  try {
    return globalThis.localStorage
  } catch {
    return null
  }
}

let held = store()?.getItem(place) ?? ""

export const read = (): string => held

/** Takes the key that another tab has put there since; whether there is another. */
export const renew = (): boolean => {
  const key = store()?.getItem(place) ?? ""
  const isOther = key !== "" && key !== held
  if (isOther) held = key
  return isOther
}

export const forget = (): void => {
  held = ""
  store()?.removeItem(place)
}

/** What signing in left in the address: the key is taken, and nothing of it stays there. */
export const take = (): "taken" | "refused" | "nothing" => {
  const { hash, pathname, search } = globalThis.location
  const isRefused = hash === "#refused"
  const key = hash.startsWith("#key=") ? hash.slice("#key=".length) : ""
  if (!isRefused && key === "") return "nothing"
  globalThis.history.replaceState(null, "", pathname + search)
  if (isRefused) return "refused"
  held = key
  store()?.setItem(place, key)
  return "taken"
}
