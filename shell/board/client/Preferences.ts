/** What a person has chosen for this browser. */
import { effect, signal } from "@preact/signals"

export type Theme = "system" | "light" | "dark"

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

const write = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value)
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}

const themeOf = (text: string | null): Theme => (text === "light" || text === "dark" ? text : "system")

export const theme = signal<Theme>(themeOf(read("drover.theme")))
/** Single letters do something (WCAG 2.1.4: they can be switched off). */
export const areLettersOn = signal(read("drover.letters") !== "off")

const darkness = matchMedia("(prefers-color-scheme: dark)")
/** What is seen: what is drawn on a canvas is drawn again when it changes. */
export const isDark = signal(darkness.matches)

const next: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" }
export const turnTheme = (): void => {
  theme.value = next[theme.peek()]
}

export const keep = (): void => {
  const look = (): void => {
    isDark.value = theme.value === "system" ? darkness.matches : theme.value === "dark"
  }
  darkness.addEventListener("change", look)
  effect(() => {
    document.documentElement.dataset.theme = theme.value
    write("drover.theme", theme.value)
    look()
  })
  effect(() => write("drover.letters", areLettersOn.value ? "on" : "off"))
}

const narrow = matchMedia("(max-width: 46rem)")
/** A phone, or a page that is enlarged so much: one column at a time. */
export const isNarrow = signal(narrow.matches)
narrow.addEventListener("change", () => {
  isNarrow.value = narrow.matches
})
