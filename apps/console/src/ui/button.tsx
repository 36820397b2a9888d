import { cva, type VariantProps } from 'class-variance-authority'
import { LoaderCircle } from 'lucide-react'
import { Slot } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'

const look = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-primary text-on-primary enabled:hover:bg-primary-hover [a&]:hover:bg-primary-hover',
        secondary: 'border border-line-strong bg-surface text-ink enabled:hover:bg-hover [a&]:hover:bg-hover',
        ghost: 'text-muted enabled:hover:bg-hover enabled:hover:text-ink [a&]:hover:bg-hover [a&]:hover:text-ink',
        danger: 'bg-danger text-on-danger enabled:hover:bg-danger-hover',
      },
      size: { sm: 'h-8 px-2.5 text-sm', md: 'h-9 px-3.5 text-base', lg: 'h-10 px-4 text-base' },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
)

export type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof look> & {
    /** Gives its looks to the one child, usually a link. */
    asChild?: boolean
    /** Shows a spinner and refuses clicks; the name stays as it is. */
    loading?: boolean
    icon?: ReactNode
  }

/** One primary button per view; `danger` only where something is lost. */
export function Button({
  variant,
  size,
  asChild,
  loading = false,
  icon,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  const classes = classNames(look({ variant, size }), className)
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    )
  }
  return (
    <button type="button" className={classes} disabled={disabled || loading} aria-busy={loading || undefined} {...rest}>
      {loading ? <LoaderCircle className="animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  )
}
