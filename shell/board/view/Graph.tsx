/** The tasks around one, as a drawing from left to right: what it waits for, and what waits for it. */
import { graphlib, layout } from "@dagrejs/dagre"
import { useMemo } from "preact/hooks"
import { type Answer, ask } from "../client/Client.ts"
import { useLoaded } from "../client/Loaded.ts"
import { print } from "../model/Route.ts"
import { spaced } from "../model/Words.ts"

interface Point {
  readonly x: number
  readonly y: number
}

type Told = Answer<"taskGraph">

const width = 190
const height = 46
const margin = 12
/** Characters of a name that a box holds. */
const longest = 20

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)

const laidOut = ({ edges, nodes }: Told) => {
  const graph = new graphlib.Graph()
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 48, marginx: margin, marginy: margin })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of nodes) graph.setNode(String(id), { width, height })
  for (const { from, to } of edges) graph.setEdge(String(from), String(to))
  layout(graph)
  return {
    size: graph.graph(),
    boxes: nodes.map((node) => ({ node, at: graph.node(String(node.id)) })),
    lines: graph.edges().map((edge) => {
      const { points = [] }: { points?: ReadonlyArray<Point> } = graph.edge(edge)
      return { key: `${edge.v}-${edge.w}`, points }
    })
  }
}

const word = ({ badge, state }: Told["nodes"][number]): string => (badge === "active" ? spaced(state) : spaced(badge))

const Drawing = ({ told }: { readonly told: Told }) => {
  const { boxes, lines, size } = useMemo(() => laidOut(told), [told])
  const wide = Math.ceil(size.width ?? width)
  const high = Math.ceil(size.height ?? height)
  return (
    <svg
      class="graph"
      width={wide}
      height={high}
      viewBox={`0 0 ${wide} ${high}`}
      role="group"
      aria-label="Tasks and what they wait for"
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0 0 L8 4 L0 8 z" />
        </marker>
      </defs>
      {lines.map(({ key, points }) => (
        <polyline
          key={key}
          class="edge"
          points={points.map(({ x, y }) => `${x},${y}`).join(" ")}
          marker-end="url(#arrow)"
        />
      ))}
      {boxes.map(({ at, node }) => (
        <a
          key={node.id}
          href={print({ at: "task", id: node.id, part: "graph" })}
          class={`node ${node.state}${node.id === told.id ? " here" : ""}`}
          aria-current={node.id === told.id ? "true" : undefined}
        >
          <g transform={`translate(${(at.x ?? 0) - width / 2} ${(at.y ?? 0) - height / 2})`}>
            <rect width={width} height={height} rx="6" />
            <text x="10" y="19" class="name">
              #{node.id} {cut(node.name)}
            </text>
            <text x="10" y="36">
              {word(node)}
            </text>
          </g>
        </a>
      ))}
    </svg>
  )
}

export const Graph = ({ id, version }: { readonly id: number; readonly version: string }) => {
  const { value, why } = useLoaded(`graph ${id}`, version, () => ask("taskGraph", { path: { id } }))
  if (value === null) return <p class="none">{why?.error ?? "Reading…"}</p>
  return (
    <>
      <div class="wide" tabIndex={0} role="region" aria-label="Graph">
        <Drawing told={value} />
      </div>
      {value.is_cut && <p class="footnote">There are more than 500: the nearest are drawn.</p>}
    </>
  )
}
