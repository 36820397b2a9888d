// For --import: this process believes that it is so many milliseconds later, `?ms=…`. Monotonic time is left alone.
const shiftMs = Number(new URL(import.meta.url).searchParams.get('ms'))
const RealDate = Date
const now = () => RealDate.now() + shiftMs

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: unknown[]): Date =>
    given.length === 0 ? new target(now()) : (Reflect.construct(target, given) as Date),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})
