/** The whole page. */
import { useComputed } from "@preact/signals"
import { query } from "../client/BoardState.ts"
import { about, connection, isOutdated, now, signOut } from "../client/Live.ts"
import { route } from "../client/Navigation.ts"
import { notice } from "../client/Operate.ts"
import { theme, turnTheme } from "../client/Preferences.ts"
import { print } from "../model/Route.ts"
import { duration } from "../model/Words.ts"
import { Board } from "./Board.tsx"
import { Dialogs, isHelpOpen } from "./Dialogs.tsx"
import { Fleet } from "./Fleet.tsx"
import { Guarded } from "./Guarded.tsx"
import { Task } from "./Task.tsx"

const Header = () => {
  const here = route.value.at
  const told = about.value
  const isOut = connection.value.kind === "signed-out"
  return (
    <header class="top">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById("main")?.focus()
        }}
      >
        To the content
      </a>
      <a class="brand" href={print({ at: "board", query: "" })}>
        drover
      </a>
      {!isOut && (
        <nav aria-label="Pages">
          <a href={print({ at: "board", query: query.value })} aria-current={here === "board" ? "page" : undefined}>
            Board
          </a>
          <a href={print({ at: "fleet" })} aria-current={here === "fleet" ? "page" : undefined}>
            Fleet
          </a>
        </nav>
      )}
      {told !== null && (
        <p class="facts">
          <span>
            {told.running}/{told.max_concurrent} running
          </span>
          {told.draining && <span class="draining">draining</span>}
          <span class={connection.value.kind === "live" ? "live" : "away"}>
            {connection.value.kind === "live" ? "live" : "away"}
          </span>
        </p>
      )}
      <span class="tools">
        <button type="button" onClick={turnTheme} title="Colours">
          {theme.value === "system" ? "Auto" : theme.value === "light" ? "Light" : "Dark"}
          <span class="hidden"> colours</span>
        </button>
        <button
          type="button"
          aria-label="Keys"
          onClick={() => {
            isHelpOpen.value = true
          }}
        >
          ?
        </button>
        {!isOut && (
          <button type="button" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
      </span>
    </header>
  )
}

const Banner = () => {
  const state = connection.value
  const since = useComputed(() =>
    connection.value.kind === "away" ? duration(Math.max(0, now.value - connection.value.since)) : ""
  )
  if (isOutdated.value && state.kind === "live") {
    return (
      <p class="banner" role="status">
        drover is of another version than this page.{" "}
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      </p>
    )
  }
  if (state.kind === "unreadable") {
    return (
      <p class="banner away" role="alert">
        {state.error}{" "}
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      </p>
    )
  }
  if (state.kind !== "away") return null
  return (
    <p class="banner away" role="alert">
      The supervisor is away: {state.error}. What you see is {since} old and may not be true any more; agents go on
      without it. It is tried again by itself; <code>drover up</code> starts one.
    </p>
  )
}

const SignedOut = ({ isRefused }: { readonly isRefused: boolean }) => (
  <main class="empty" id="main" tabIndex={-1}>
    <h1>{isRefused ? "That link is not good any more" : "Signed out"}</h1>
    <p>
      Run <code>drover board</code> and open the link that it prints: each link lets one browser in, once.
    </p>
  </main>
)

const Page = () => {
  const here = route.value
  if (connection.value.kind === "signed-out") return <SignedOut isRefused={connection.value.isRefused} />
  if (connection.value.kind === "first") return <main class="empty" id="main" tabIndex={-1} aria-busy="true" />
  switch (here.at) {
    case "board":
      return <Board />
    case "fleet":
      return <Fleet />
    case "task":
      return <Task key={here.id} id={here.id} part={here.part} />
  }
}

export const App = () => (
  <>
    <Header />
    <Banner />
    <Guarded at={print(route.value)}>
      <Page />
    </Guarded>
    <div class="notice" role="status">
      {notice.value !== null && (
        <p class={notice.value.isBad ? "trouble" : ""}>
          {notice.value.text}{" "}
          <button
            type="button"
            aria-label="Close"
            onClick={() => {
              notice.value = null
            }}
          >
            ×
          </button>
        </p>
      )}
    </div>
    <Dialogs />
  </>
)
