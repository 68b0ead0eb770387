// SPDX-License-Identifier: GPL-2.0-or-later
/* Patterns of paths: what is folded of the names that hosts have, and what is not. */
#include <stdlib.h>
#include <string.h>

#include "mcd/fold.h"
#include "unit.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX32 "4f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5"
#define UID "d1a2b3c4-5e6f-4a1b-8c2d-0123456789ab"
#define UID_ "d1a2b3c4_5e6f_4a1b_8c2d_0123456789ab"
#define UID_ESCAPED "d1a2b3c4\\x2d5e6f\\x2d4a1b\\x2d8c2d\\x2d0123456789ab"

struct fold_case {
	const char *path, *pattern;
};

static const struct fold_case systemd[] = {
	{ "/", "/" },
	{ "", "" },
	{ "/init.scope", "/init.scope" },
	{ "/system.slice/cron.service", "/system.slice/cron.service" },
	{ "/user.slice/user-1000.slice/session-123.scope",
	  "/user.slice/user-1000.slice/session-*.scope" },
	{ "/user.slice/user-0.slice/session-c2.scope",
	  "/user.slice/user-0.slice/session-c*.scope" },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice",
	  "/user.slice/user-1000.slice/user@1000.service/app.slice" },
	{ "/system.slice/user-runtime-dir@1000.service",
	  "/system.slice/user-runtime-dir@1000.service" },
	{ "/system.slice/app-user-1000.service", "/system.slice/app-user-*.service" },
	{ "/system.slice/run-u77.service", "/system.slice/run-u*.service" },
	{ "/system.slice/run-r" HEX32 ".service", "/system.slice/run-r*.service" },
	{ "/system.slice/run-p12-i34.scope", "/system.slice/run-p*-i*.scope" },
	{ "/system.slice/run-4321.scope", "/system.slice/run-*.scope" },
	{ "/system.slice/foo@123-456-0.service", "/system.slice/foo@*.service" },
	{ "/system.slice/systemd-coredump@12-3456-0.service",
	  "/system.slice/systemd-coredump@*.service" },
	{ "/system.slice/sshd@3-10.0.0.5:22-10.0.0.9:51234.service",
	  "/system.slice/sshd@*.service" },
	{ "/system.slice/sshd@3-2001:db8::1:22-fe80::2:40022.service",
	  "/system.slice/sshd@*.service" },
	{ "/system.slice/getty@tty1.service", "/system.slice/getty@tty1.service" },
	{ "/system.slice/serial-getty@ttyS0.service", "/system.slice/serial-getty@ttyS0.service" },
	{ "/system.slice/system-postgresql.slice/postgresql@main.service",
	  "/system.slice/system-postgresql.slice/postgresql@main.service" },
	{ "/system.slice/dev-sda1.swap", "/system.slice/dev-sda1.swap" },
	{ "/system.slice/lvm2-pvscan@8:2.service", "/system.slice/lvm2-pvscan@*.service" },
	{ "/system.slice/systemd-fsck@dev-disk-by\\x2duuid-" UID_ESCAPED ".service",
	  "/system.slice/systemd-fsck@dev-disk-by\\x2duuid-*.service" },
	{ "/system.slice/systemd-fsck@dev-disk-by\\x2dlabel-root.service",
	  "/system.slice/systemd-fsck@dev-disk-by\\x2dlabel-root.service" },
	{ "/system.slice/backup-2024-01-31T23:59:59Z.service", "/system.slice/backup-*.service" },
	{ "/system.slice/backup-20240131T235959Z.service", "/system.slice/backup-*.service" },
	{ "/system.slice/backup@1706745599.123.service", "/system.slice/backup@*.service" },
	{ "/system.slice/php8.2-fpm.service", "/system.slice/php8.2-fpm.service" },
	{ "/system.slice/go1.21.5-build.service", "/system.slice/go1.21.5-build.service" },
};

static const struct fold_case desktops[] = {
	{ "/app.slice/app-gnome-org.gnome.Terminal-1234.scope",
	  "/app.slice/app-gnome-org.gnome.Terminal-*.scope" },
	{ "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-" UID ".scope",
	  "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-*.scope" },
	{ "/session.slice/dbus-:1.2-org.gnome.Shell@0.service",
	  "/session.slice/dbus-:*-org.gnome.Shell@*.service" },
	{ "/app.slice/app-flatpak-org.mozilla.firefox-998877.scope",
	  "/app.slice/app-flatpak-org.mozilla.firefox-*.scope" },
	{ "/app.slice/snap.firefox.firefox-" UID ".scope",
	  "/app.slice/snap.firefox.firefox-*.scope" },
	{ "/system.slice/snap.lxd.daemon.service", "/system.slice/snap.lxd.daemon.service" },
};

static const struct fold_case containers[] = {
	{ "/docker/" HEX64, "/docker/*" },
	{ "/docker/" HEX64 "/init", "/docker/*/init" },
	{ "/system.slice/docker-" HEX64 ".scope", "/system.slice/docker-*.scope" },
	{ "/system.slice/run-docker-runtime\\x2drunc-moby-" HEX64 "-runc.XyZ12a.mount",
	  "/system.slice/run-docker-runtime\\x2drunc-moby-*-runc.*.mount" },
	{ "/machine.slice/libpod-" HEX64 ".scope/container",
	  "/machine.slice/libpod-*.scope/container" },
	{ "/machine.slice/libpod-conmon-" HEX64 ".scope", "/machine.slice/libpod-conmon-*.scope" },
	{ "/machine.slice/machine-libpod_pod_" HEX64 ".slice",
	  "/machine.slice/machine-libpod_pod_*.slice" },
	{ "/libpod_parent/0123456789ab", "/libpod_parent/*" },
	{ "/k8s.io/" HEX64, "/k8s.io/*" },
	{ "/default/redis", "/default/redis" },
	{ "/kubepods/burstable/pod" UID "/" HEX64, "/kubepods/burstable/pod*/*" },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice"
	  "/cri-containerd-" HEX64 ".scope",
	  "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod*.slice/"
	  "cri-containerd-*.scope" },
	{ "/kubepods.slice/kubepods-pod" HEX32 ".slice/crio-" HEX64 ".scope",
	  "/kubepods.slice/kubepods-pod*.slice/crio-*.scope" },
	{ "/kubepods-besteffort-pod" UID_ ".slice:cri-containerd:" HEX64,
	  "/kubepods-besteffort-pod*.slice:cri-containerd:*" },
	{ "/system.slice/crio-conmon-" HEX64 ".scope", "/system.slice/crio-conmon-*.scope" },
	{ "/podman-1234.scope", "/podman-*.scope" },
	{ "/pods/web", "/pods/web" },
	{ "/buildkit/xk3c9v2m8q1w5z7t0r4y6u2i1", "/buildkit/*" },
	{ "/lxc.payload.web", "/lxc.payload.web" },
	{ "/lxc/101/ns", "/lxc/*/ns" },
	{ "/qemu.slice/101.scope", "/qemu.slice/*.scope" },
	{ "/machine.slice/machine-qemu\\x2d3\\x2dvm.scope/libvirt/emulator",
	  "/machine.slice/machine-qemu\\x2d*\\x2dvm.scope/libvirt/emulator" },
	{ "/machine.slice/machine-qemu\\x2d3\\x2d4.scope",
	  "/machine.slice/machine-qemu\\x2d*.scope" },
};

static const struct fold_case batches[] = {
	{ "/slurm/uid_1000/job_123/step_0/task_0", "/slurm/uid_1000/job_*/step_*/task_*" },
	{ "/system.slice/slurmstepd.scope/job_7/step_batch/user/task_0",
	  "/system.slice/slurmstepd.scope/job_*/step_batch/user/task_*" },
	{ "/hadoop-yarn/container_e17_1701234567890_0001_01_000002",
	  "/hadoop-yarn/container_e17_*" },
	{ "/nomad.slice/" UID ".redis.scope", "/nomad.slice/*.redis.scope" },
	{ "/mesos/" UID, "/mesos/*" },
	{ "/jobs/job123", "/jobs/job*" },
	{ "/jobs/job12", "/jobs/job12" },
	{ "/batch/job 1", "/batch/job *" },
	{ "/1/2/3", "/*/*/*" },
	{ "/build-3fa9c1d2", "/build-*" },
	{ "/deadbeef", "/deadbeef" },
	{ "/build-3FA9C1D2E5", "/build-*" },
};

/* Words that have figures in them and are names. */
static const struct fold_case names[] = {
	{ "/ext4", "/ext4" },
	{ "/sda15", "/sda15" },
	{ "/v2", "/v2" },
	{ "/i386", "/i386" },
	{ "/i686-pc", "/i686-pc" },
	{ "/x86_64", "/x86_64" },
	{ "/linux-x86_64-gnu", "/linux-x86_64-gnu" },
	{ "/x86_640", "/x86_*" },
	{ "/sha256", "/sha256" },
	{ "/k8s", "/k8s" },
	{ "/s390x", "/s390x" },
	{ "/md5", "/md5" },
	{ "/8021q", "/8021q" },
	{ "/python3", "/python3" },
	{ "/2to3", "/2to3" },
};

static const struct fold_case oddities[] = {
	{ "?/web/12", "?/web/*" },
	{ "12", "*" },
	{ "/*", "/*" },
	{ "/*-12-*", "/*-*-*" },
	{ "/12-13", "/*" },
	{ "/12@13", "/*@*" },
	{ "/12 13", "/* *" },
	{ "/12-a-13", "/*-a-*" },
	{ "/12/13", "/*/*" },
	{ "/12-", "/*-" },
	{ "/-12--13-", "/-*-" },
	{ "/\\x2d12\\x2d13", "/\\x2d*" },
	{ "/\\x2", "/\\x2" },
	{ "/\\12", "/\\*" },
	{ "/gr\xc3\xbc\xc3\x9f"
	  "12",
	  "/gr\xc3\xbc\xc3\x9f"
	  "12" },
	{ "/gr\xc3\xbc\xc3\x9f"
	  "123",
	  "/gr\xc3\xbc\xc3\x9f*" },
	{ "/\xff\xfe"
	  "1",
	  "/\xff\xfe"
	  "1" },
	{ "/line\n12", "/line\n*" },
	{ "/" UID "0", "/*-5e6f-4a1b-8c2d-*" },
	{ "/d1a2b3c4-5e6f", "/*-5e6f" },
	{ "/dead:beef:cafe", "/dead:beef:cafe" },
	{ "/a1:b2", "/a1:b2" },
	{ "/12T", "/12T" },
};

#define COMPARE(cases) compare(cases, ARRAY_SIZE(cases))

/* In memory that ends where the path ends, and where the pattern may end. */
static void compare(const struct fold_case *cases, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		size_t size = strlen(cases[i].path) + 1;
		char *path = malloc(size), *pattern = malloc(size);

		assert_non_null(path);
		assert_non_null(pattern);
		memcpy(path, cases[i].path, size);
		mcd_fold_path(path, pattern);
		assert_string_equal(pattern, cases[i].pattern);
		free(pattern);
		free(path);
	}
}

static void of_systemd(void **state)
{
	(void)state;
	COMPARE(systemd);
}

static void of_desktops(void **state)
{
	(void)state;
	COMPARE(desktops);
}

static void of_containers(void **state)
{
	(void)state;
	COMPARE(containers);
}

static void of_batches(void **state)
{
	(void)state;
	COMPARE(batches);
}

static void names_with_figures(void **state)
{
	(void)state;
	COMPARE(names);
}

static void odd_ones(void **state)
{
	(void)state;
	COMPARE(oddities);
}

/* Of any bytes a pattern is no longer than the path, and ends. */
static void any_bytes(void **state)
{
	static const char bytes[] = "/aF019-_:.@\\x2dTZ \xc3pod*";
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t size = 1 + (size_t)round % 60;
		char *path = malloc(size), *pattern = malloc(size);

		assert_non_null(path);
		assert_non_null(pattern);
		for (size_t i = 0; i + 1 < size; i++) {
			random = random * 1664525 + 1013904223;
			path[i] = bytes[(random >> 16) % (sizeof(bytes) - 1)];
		}
		path[size - 1] = '\0';
		mcd_fold_path(path, pattern);
		assert_true(strlen(pattern) < size);
		free(pattern);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_systemd),	      cmocka_unit_test(of_desktops),
		cmocka_unit_test(of_containers),      cmocka_unit_test(of_batches),
		cmocka_unit_test(names_with_figures), cmocka_unit_test(odd_ones),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
