/**
 * A unit of systemd for one user, as text (systemd.service(5), systemd.syntax(7)).
 *
 * - `KillMode=process`: agents live in the unit's control group, and outlive the supervisor.
 * - `OOMPolicy=continue`: an agent that the kernel ends for want of memory does not take the supervisor with it.
 * - `RestartPreventExitStatus=2 4`: invalid input and a refusal (a newer store) do not go away by another start.
 */
import type { Service } from "./Service.ts"

/** One word in quotes: what is special there, and the `%` of specifiers, as themselves. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("%", "%%")}"`

/** The PATH that a unit as `render` writes it gives its program; null where it has none. */
export const pathOf = (text: string): string | null => {
  const [, inner] = /^Environment="PATH=((?:[^"\\]|\\["\\])*)"$/m.exec(text) ?? []
  return inner === undefined ? null : inner.replaceAll(/\\(["\\])/g, "$1").replaceAll("%%", "%")
}

/** systemd takes no program whose path has one of these; as an argument it takes them. */
const unsafe = /["'\\]/

/** With `:` nothing is taken for a variable; before 244 systemd does not know it, so it is there for a `$` alone. */
const command = (words: ReadonlyArray<string>): string => {
  const [program = ""] = words
  const started = unsafe.test(program) ? ["/bin/sh", "-c", 'exec "$0" "$@"', ...words] : words
  return `${started.some((word) => word.includes("$")) ? ":" : ""}${started.map(quoted).join(" ")}`
}

export const render = (service: Service): string => {
  const environment = Object.entries(service.environment).map(([name, value]) => quoted(`${name}=${value}`))
  return `# Written by drover: drover unit install writes it anew, drover unit remove takes it away.
[Unit]
Description=drover, a supervisor of coding agents (${service.about.replaceAll("%", "%%")})
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${command(service.command)}
${environment.map((each) => `Environment=${each}\n`).join("")}KillMode=process
OOMPolicy=continue
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2 4
TimeoutStopSec=60

[Install]
WantedBy=default.target
`
}
