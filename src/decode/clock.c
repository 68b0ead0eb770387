// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The clocks of the kernel at the time of the dump. See clock.h.
 *
 * HZ is a constant of the kernel's build that no symbol has. NTP's length of a jiffy is near 1/HZ: ntp.c
 * lets it be off by 500 ppm, and no two rates that kernels are built with are closer than 2 percent. Where it
 * is near none of them, as adjtimex() can make it, HZ is not known, and what is in jiffies is n/a.
 */
#include "clock.h"

enum {
	NS_PER_MS = 1000000,
	MS_PER_SECOND = 1000,
	RATE_PPM = 1000,	/* beyond what NTP may correct, far from the next rate */
	WRAP_SECONDS = 300,	/* INITIAL_JIFFIES: so many seconds before 32 bits are full */
	TICK_LENGTH_SHIFT = 32, /* NTP_SCALE_SHIFT */
	DRIFT = 1000,		/* sched_clock() is not corrected by NTP: 1000 ppm, to be safe */
};

/* What Kconfig lets HZ be: kernel/Kconfig.hz, and those of the architectures. */
static const uint64_t rates[] = { 24,  32,  48,	 64,  100, 128,	 200,  250,
				  256, 300, 500, 512, 600, 1000, 1024, 1200 };

static enum mcd_status rate_of(uint64_t tick_ns, uint64_t *ret)
{
	const uint64_t second = UINT64_C(1000000000), tolerance = second / 1000000 * RATE_PPM;

	if (!tick_ns || tick_ns > second)
		return MCD_CORRUPT;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		uint64_t length = rates[i] * tick_ns;

		if (length >= second - tolerance && length <= second + tolerance) {
			*ret = rates[i];
			return MCD_OK;
		}
	}
	return MCD_ABSENT;
}

static enum mcd_status read_tick(struct mcd_target *target, uint64_t *ret)
{
	uint64_t addr = 0;
	enum mcd_status status;

	if (mcd_layout_has(target, SYM(tk_ntp_data))) {
		status = mcd_layout_value(target, SYM(tk_ntp_data), &addr);
		if (!status)
			status = mcd_field(target, addr, M(ntp_data, tick_length), ret);
		*ret >>= TICK_LENGTH_SHIFT;
		return status;
	}
	status = mcd_layout_value(target, SYM(tick_nsec), &addr);
	return status ? status : mcd_read_word(target, addr, "tick_nsec", ret);
}

static enum mcd_status read_jiffies(struct mcd_target *target, struct mcd_clock *clock)
{
	uint64_t addr = 0, tick_ns = 0, first = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(jiffies_64), &addr);

	if (!status)
		status = mcd_read_uint(target, addr, 8, "jiffies_64", &clock->jiffies);
	if (!status)
		status = read_tick(target, &tick_ns);
	if (!status)
		status = rate_of(tick_ns, &clock->hz);
	if (status)
		return status;
	/* include/linux/jiffies.h: an unsigned int, so that it wraps soon where a long has 32 bits. */
	first = (uint32_t) - (WRAP_SECONDS * clock->hz);
	if (clock->jiffies < first)
		return MCD_CORRUPT;
	clock->uptime = clock->jiffies - first;
	return MCD_OK;
}

/*
 * avg_last_update of all tasks, which psi_avgs_work() renews every two seconds while there is work. By the
 * same clock as that of the groups, so that only times of one clock are compared; which is one clock only
 * where the kernel found it stable.
 */
static enum mcd_status read_sched(struct mcd_target *target, struct mcd_clock *clock)
{
	uint64_t addr = 0, is_stable = 1;
	enum mcd_status status = MCD_OK;

	if (mcd_layout_has(target, SYM(__sched_clock_stable))) {
		status = mcd_layout_value(target, SYM(__sched_clock_stable), &addr);
		if (!status)
			status = mcd_read_uint(target, addr, 4, "__sched_clock_stable", &is_stable);
	}
	if (!status && !is_stable)
		status = MCD_ABSENT;
	if (!status)
		status = mcd_layout_value(target, SYM(psi_system), &addr);
	if (!status)
		status = mcd_field(target, addr, M(psi_group, avg_last_update), &clock->sched_ns);
	return status;
}

static enum mcd_status read_wall(struct mcd_target *target, struct mcd_clock *clock)
{
	uint64_t addr = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(timekeeper), &addr);

	return status ? status
		      : mcd_field_signed(target, addr, M(timekeeper, xtime_sec),
					 &clock->wall_seconds);
}

enum mcd_status mcd_clock_read(struct mcd_world *world, struct mcd_clock *ret)
{
	*ret = (struct mcd_clock){ .hz = 0 };
	ret->jiffies_status = read_jiffies(world->target, ret);
	if (!mcd_is_fatal(ret->jiffies_status))
		ret->sched_status = read_sched(world->target, ret);
	if (!mcd_is_fatal(ret->sched_status))
		ret->wall_status = read_wall(world->target, ret);
	if (mcd_is_fatal(ret->jiffies_status))
		return ret->jiffies_status;
	if (mcd_is_fatal(ret->sched_status))
		return ret->sched_status;
	return mcd_is_fatal(ret->wall_status) ? ret->wall_status : MCD_OK;
}

/* Jiffies as milliseconds; the clock never runs so long that they would not fit. */
static enum mcd_status in_ms(const struct mcd_clock *clock, uint64_t jiffies, uint64_t *ret)
{
	*ret = jiffies / clock->hz * MS_PER_SECOND +
	       jiffies % clock->hz * MS_PER_SECOND / clock->hz;
	return *ret ? MCD_OK : MCD_ABSENT;
}

/* Other clocks tell no times before the one that counts from the start. */
static enum mcd_status within_uptime(const struct mcd_clock *clock, uint64_t ms)
{
	uint64_t uptime_ms = 0;

	if (clock->jiffies_status)
		return clock->jiffies_status;
	if (in_ms(clock, clock->uptime, &uptime_ms) || ms > uptime_ms)
		return MCD_CORRUPT;
	return ms ? MCD_OK : MCD_ABSENT;
}

enum mcd_status mcd_clock_since_jiffies(const struct mcd_clock *clock, uint64_t jiffies,
					uint64_t size, uint64_t *ret_ms)
{
	uint64_t mask = size == 4 ? UINT32_MAX : UINT64_MAX, elapsed = 0;

	if (clock->jiffies_status)
		return clock->jiffies_status;
	elapsed = (clock->jiffies - jiffies) & mask;
	if (!elapsed || (-elapsed & mask) <= clock->hz)
		return MCD_ABSENT;
	if (elapsed > clock->uptime)
		return MCD_CORRUPT;
	/* Both are rounded down to a tick, the later one by less, perhaps. */
	return in_ms(clock, elapsed - 1, ret_ms);
}

enum mcd_status mcd_clock_since_sched(const struct mcd_clock *clock, uint64_t ns, uint64_t *ret_ms)
{
	if (clock->sched_status)
		return clock->sched_status;
	/* Not set, as with psi=0; or later than the last time that is known. */
	if (!ns || ns + NS_PER_MS >= clock->sched_ns)
		return MCD_ABSENT;
	*ret_ms = (clock->sched_ns - ns) / NS_PER_MS;
	*ret_ms -= *ret_ms / DRIFT + 1;
	return within_uptime(clock, *ret_ms);
}

enum mcd_status mcd_clock_since_wall(const struct mcd_clock *clock, int64_t seconds,
				     uint64_t *ret_ms)
{
	if (clock->wall_status)
		return clock->wall_status;
	if (seconds < 0)
		return MCD_CORRUPT;
	if (seconds >= clock->wall_seconds)
		return MCD_ABSENT;
	/* It may have been at the end of that second. */
	*ret_ms = (uint64_t)(clock->wall_seconds - seconds - 1) * MS_PER_SECOND;
	return within_uptime(clock, *ret_ms);
}
