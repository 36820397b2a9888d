/*
 * Preloaded into the server of a store: it believes that it is so many microseconds later as the file named by
 * CLOCK_OFFSET_FILE says, eight bytes that may change while it runs. Monotonic time is left alone. The kernel is asked
 * directly: a lookup of the real function would allocate memory, and the allocator of Redis asks for the time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *offset;

__attribute__((constructor)) static void open_offset(void) {
  const char *file = getenv("CLOCK_OFFSET_FILE");
  int descriptor = file ? open(file, O_RDONLY) : -1;
  if (descriptor < 0) return;
  void *mapped = mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, descriptor, 0);
  if (mapped != MAP_FAILED) offset = mapped;
  close(descriptor);
}

int clock_gettime(clockid_t id, struct timespec *at) {
  int failed = (int)syscall(SYS_clock_gettime, id, at);
  if (failed || !offset || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return failed;
  int64_t micros = (int64_t)at->tv_sec * 1000000 + at->tv_nsec / 1000 + *offset;
  at->tv_nsec = (micros % 1000000) * 1000 + at->tv_nsec % 1000;
  at->tv_sec = micros / 1000000;
  return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  (void)zone;
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *seconds) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
  if (seconds) *seconds = now.tv_sec;
  return now.tv_sec;
}
