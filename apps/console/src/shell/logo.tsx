/** The barrier of a toll house. */
export const Logo = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 32 32" aria-hidden className={className}>
    <rect width="32" height="32" rx="8" className="fill-primary" />
    <path
      d="M9 22V11.5a2.5 2.5 0 0 1 5 0V22M7 22.5h18"
      fill="none"
      className="stroke-on-primary"
      strokeWidth="2.4"
      strokeLinecap="round"
    />
    <path
      d="m14 15 10-5"
      className="stroke-[#6cc0dc] dark:stroke-accent [.dark_&]:stroke-[#0f7796]"
      strokeWidth="2.4"
      strokeLinecap="round"
    />
  </svg>
)
