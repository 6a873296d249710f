/** Numbers over time, drawn by uPlot, with the last ones in words. */
import { useEffect, useRef } from "preact/hooks"
import uPlot from "uplot"
import { isDark } from "../client/Preferences.ts"
import type { Series } from "../model/Series.ts"

interface Props {
  readonly title: string
  readonly series: Series
  readonly unit: string
  /** Seconds since 1970: what is drawn, also where nothing is known. */
  readonly span?: readonly [number, number]
  readonly look?: "line" | "step" | "bars"
  readonly format: (value: number) => string
}

const height = 200
/** How many colours the styles have (`--line-1` and on). */
const colours = 8

const options = (element: HTMLElement, { format, look = "line", series, span }: Props): uPlot.Options => {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--rule"), width: 1 },
    ticks: { stroke: colour("--rule"), width: 1 }
  }
  const paths =
    look === "bars"
      ? uPlot.paths.bars?.({ size: [0.8, 40] })
      : look === "step"
        ? uPlot.paths.stepped?.({ align: 1 })
        : uPlot.paths.linear?.()
  return {
    width: Math.max(element.clientWidth, 200),
    height,
    legend: { live: true },
    cursor: { points: { size: 6 } },
    scales: {
      ...(span === undefined ? {} : { x: { range: [span[0], span[1]] } }),
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] }
    },
    axes: [
      axis,
      {
        ...axis,
        size: 64,
        values: (_, ticks) => ticks.map((tick) => format(tick)),
        ...(look === "step" ? { incrs: wholeSteps } : {})
      }
    ],
    series: [
      {},
      ...series.rows.map(({ name }, index) => ({
        label: name,
        stroke: colour(`--line-${(index % colours) + 1}`),
        width: 2,
        value: (_: uPlot, value: number | null) => (value === null ? "–" : format(value)),
        ...(paths === undefined ? {} : { paths }),
        ...(look === "bars" ? { fill: colour(`--line-${(index % colours) + 1}`) } : {}),
        points: { show: series.at.length < 2 }
      }))
    ]
  }
}

/** Between two lines of a grid for what is counted: there is no half a task. */
const wholeSteps = [1, 10, 100, 1000, 10_000, 100_000].flatMap((one) => [one, 2 * one, 5 * one])

const lastOf = (values: ReadonlyArray<number | null>): number | null =>
  values.findLast((value) => value !== null) ?? null

/** What is drawn, for who can not see it. */
const inWords = ({ format, series }: Props): string =>
  series.rows
    .map(({ name, values }) => {
      const last = lastOf(values)
      const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0)
      return `${name}: ${last === null ? "nothing" : `${format(last)} at last, ${format(most)} at most`}`
    })
    .join("; ")

export const Chart = (props: Props) => {
  const { series, title, unit } = props
  const place = useRef<HTMLDivElement>(null)
  const dark = isDark.value
  useEffect(() => {
    const element = place.current
    if (element === null || series.at.length === 0) return
    const plot = new uPlot(
      options(element, props),
      [[...series.at], ...series.rows.map(({ values }) => [...values])],
      element
    )
    const observer = new ResizeObserver(() => plot.setSize({ width: Math.max(element.clientWidth, 200), height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [series, dark])
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="quiet">{unit}</span>
      </figcaption>
      {series.at.length === 0 ? (
        <p class="none">Nothing yet</p>
      ) : (
        <>
          <p class="hidden">{inWords(props)}</p>
          <div ref={place} aria-hidden="true" />
        </>
      )}
    </figure>
  )
}
