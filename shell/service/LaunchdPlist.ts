/**
 * A property list of launchd for one user, as text (launchd.plist(5)).
 *
 * - `AbandonProcessGroup`: what has the group of the supervisor when it ends is left alone, as all agents are, which have
 *   groups of their own.
 * - `KeepAlive.SuccessfulExit: false`: it is started again after a failure, and not after `drover down`.
 */
import type { Service } from "./Service.ts"

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The PATH that a list as `render` writes it gives its program; null where it has none. */
export const pathOf = (text: string): string | null => {
  const [, inner] = /<key>PATH<\/key>\s*<string>([^<]*)<\/string>/.exec(text) ?? []
  return inner === undefined ? null : inner.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
}

const string = (text: string): string => `<string>${escaped(text)}</string>`

export const render = (
  { command, environment }: Service,
  label: string,
  log: string
): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by drover: drover unit install writes it anew, drover unit remove takes it away. -->
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(label)}
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    ${string(word)}\n`).join("")}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${Object.entries(environment)
  .map(([name, value]) => `    <key>${escaped(name)}</key>\n    ${string(value)}\n`)
  .join("")}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>60</integer>
  <key>AbandonProcessGroup</key>
  <true/>
  <key>StandardErrorPath</key>
  ${string(log)}
</dict>
</plist>
`
