import { classNames } from '#ui/class-names.ts'

/** Holds the place of something that is loading, in its size, so that nothing jumps. */
export const Skeleton = ({ className }: { className?: string }) => (
  <span aria-hidden className={classNames('block h-4 animate-pulse rounded-sm bg-hover', className)} />
)
