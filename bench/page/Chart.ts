/**
 * Charts as SVG text: the same for the same figures, readable on light and on dark ground, with nothing to load. Drawn by
 * Observable Plot into a document that is no browser's.
 */
import * as Plot from "@observablehq/plot"
import { parseHTML } from "linkedom"

/** What is drawn where: the ground is what the page has, so every colour has to stand on either. */
const style = `svg{color:#24292f;--plot-background:#ffffff}
@media (prefers-color-scheme:dark){svg{color:#e6edf3;--plot-background:#0d1117}}`

/** Hues that most eyes tell apart, of a lightness that stands out from either ground. */
export const palette = ["#2a7fd0", "#d9601a", "#16976b", "#b565c4", "#a6761d"] as const

/** Longer numbers would say more than was measured, and differ by what a platform's logarithm rounds to. */
const shortened = (text: string): string =>
  text.replaceAll(/-?\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))))

/** `title`: for who can not see it. */
export const draw = (title: string, options: Plot.PlotOptions): string => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>")
  const svg = Plot.plot({ document, ...options })
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg")
  svg.setAttribute("role", "img")
  const name = document.createElementNS("http://www.w3.org/2000/svg", "title")
  name.textContent = title
  svg.prepend(name)
  const rules = document.createElementNS("http://www.w3.org/2000/svg", "style")
  rules.textContent = style
  svg.append(rules)
  return `${shortened(svg.outerHTML)}\n`
}
