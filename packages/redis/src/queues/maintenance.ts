/**
 * Queue of the worker's recurring jobs. They carry reminders and no payload: each finds its work in the stores, can run
 * twice, and comes again by its schedule (decisions.md 8).
 */
export const maintenanceQueue = 'maintenance'

/** For queues and their workers alike: in braces, so that a queue lives in one cluster slot. */
export const queuePrefix = '{bull}'
