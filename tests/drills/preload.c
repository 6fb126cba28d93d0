/* Lets a process see another clock, and a disk that reports errors; `LD_PRELOAD` puts it before the C library.
 *
 * DRILL_CLOCK names a file with seconds that are added to the calendar clock, DRILL_DISK one that, while it's there,
 * makes writes and syncs of a database end with EIO. Both are looked at each time, so that a drill can change them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift(void) {
    static const char *file;
    char text[32] = "";
    int handle;
    if (!file && !(file = getenv("DRILL_CLOCK"))) return 0;
    if ((handle = open(file, O_RDONLY | O_CLOEXEC)) < 0) return 0;
    if (syscall(SYS_read, handle, text, sizeof text - 1) < 0) text[0] = 0;
    close(handle);
    return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = syscall(SYS_clock_gettime, clock, now);
    if (!done && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift();
    return done;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec found;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &found)) return -1;
    now->tv_sec = found.tv_sec;
    now->tv_usec = found.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *kept) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    if (kept) *kept = found.tv_sec;
    return found.tv_sec;
}

static int broken(int handle) {
    char link[64], path[512];
    const char *file = getenv("DRILL_DISK");
    ssize_t length;
    if (!file || access(file, F_OK)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    if ((length = readlink(link, path, sizeof path - 1)) < 0) return 0;
    path[length] = 0;
    if (!strstr(path, "sidelight.db")) return 0;
    errno = EIO;
    return 1;
}

ssize_t pwrite64(int handle, const void *from, size_t count, off64_t at) {
    return broken(handle) ? -1 : syscall(SYS_pwrite64, handle, from, count, at);
}

ssize_t pwrite(int handle, const void *from, size_t count, off_t at) { return pwrite64(handle, from, count, at); }

int fdatasync(int handle) { return broken(handle) ? -1 : (int)syscall(SYS_fdatasync, handle); }

int fsync(int handle) { return broken(handle) ? -1 : (int)syscall(SYS_fsync, handle); }
