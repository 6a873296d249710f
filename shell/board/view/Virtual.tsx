/** A list of which only what is to be seen is in the page, however long it is (by @tanstack/virtual-core). */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem
} from "@tanstack/virtual-core"
import type { RefObject } from "preact"
import { useLayoutEffect, useReducer, useState } from "preact/hooks"

export interface Virtual {
  readonly items: ReadonlyArray<VirtualItem>
  /** Pixels of the whole list. */
  readonly height: number
  readonly instance: Virtualizer<HTMLElement, HTMLElement>
}

interface Options {
  readonly count: number
  readonly scroller: RefObject<HTMLElement | null>
  readonly size: number
  /** What an item is known by when others come before it. */
  readonly keyOf: (index: number) => string | number
  readonly gap?: number
  readonly overscan?: number
}

export const useVirtual = ({ count, gap = 0, keyOf, overscan = 6, scroller, size }: Options): Virtual => {
  const [, draw] = useReducer<number, void>((n) => n + 1, 0)
  const options = {
    count,
    gap,
    overscan,
    getItemKey: keyOf,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => draw()
  }
  const [instance] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options))
  instance.setOptions(options)
  useLayoutEffect(() => instance._didMount(), [])
  useLayoutEffect(() => instance._willUpdate())
  return { items: instance.getVirtualItems(), height: instance.getTotalSize(), instance }
}
