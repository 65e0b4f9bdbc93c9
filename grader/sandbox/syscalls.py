"""The system calls that a submission doesn't need, by reason, with their numbers.

A call listed here is refused with EPERM, unless `seccomp.conditions` says when it is not;
one that does not is allowed. A list of what is refused, rather than of what is allowed, because a
C library, a kernel or an XLA that we have not seen must not break a right submission: what such
code needs next is a new way to wait, to map memory or to read, never one of these. Calls newer
than this list are answered like an old kernel would (ENOSYS), so nothing new slips past it.

Sources: arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl of Linux 6.18; a test
compares the numbers with the kernel headers of the system it runs on.
"""

import os
import sys
from collections.abc import Mapping

import msgspec

NEWEST = 469
"""file_setattr, of Linux 6.17. The architectures number alike from 424 on. On x86_64, 512 to 547
and all with bit 30 set are the x32 calls: above this number too."""

REFUSED = """
# name                  x86_64  aarch64
# Starting a process. clone3 is special: its flags lie in memory, where a filter cannot look.
fork                        57        -
vfork                       58        -
clone                       56      220
clone3                     435      435
execve                      59      221
execveat                   322      281

# Reaching another process: its memory, signals, limits, priority, processors, pages.
ptrace                     101      117
process_vm_readv           310      270
process_vm_writev          311      271
process_madvise            440      440
process_mrelease           448      448
kcmp                       312      272
pidfd_open                 434      434
pidfd_getfd                438      438
pidfd_send_signal          424      424
kill                        62      129
tkill                      200      130
tgkill                     234      131
rt_sigqueueinfo            129      138
rt_tgsigqueueinfo          297      240
setpgid                    109      154
setsid                     112      157
prlimit64                  302      261
setpriority                141      140
ioprio_set                 251       30
sched_setaffinity          203      122
sched_setattr              314      274
sched_setparam             142      118
sched_setscheduler         144      119
migrate_pages              256      238
move_pages                 279      239

# Opening, naming or reaching a socket, or passing descriptors over one.
socket                      41      198
socketpair                  53      199
bind                        49      200
connect                     42      203
listen                      50      201
accept                      43      202
accept4                    288      242
sendto                      44      206
sendmsg                     46      211
sendmmsg                   307      269
recvmsg                     47      212
recvmmsg                   299      243
setsockopt                  54      208

# What Landlock does not watch: owners, modes, times, attributes, truncation by name (before its
# ABI 3), handles instead of paths, events of other people's files, flushing every disk.
chmod                       90        -
fchmod                      91       52
fchmodat                   268       53
fchmodat2                  452      452
chown                       92        -
fchown                      93       55
lchown                      94        -
fchownat                   260       54
utime                      132        -
utimes                     235        -
futimesat                  261        -
utimensat                  280       88
setxattr                   188        5
lsetxattr                  189        6
fsetxattr                  190        7
setxattrat                 463      463
removexattr                197       14
lremovexattr               198       15
fremovexattr               199       16
removexattrat              466      466
file_setattr               469      469
truncate                    76       45
mknod                      133        -
mknodat                    259       33
name_to_handle_at          303      264
open_by_handle_at          304      265
inotify_init               253        -
inotify_init1              294       26
inotify_add_watch          254       27
fanotify_init              300      262
fanotify_mark              301      263
sync                       162       81
syncfs                     306      267
fcntl                       72       25
ioctl                       16       29

# Locking a file: whoever may read one can have others wait for it, such as an installer, or a run
# of the grader. The locks of fcntl are in seccomp.py.
flock                       73       32

# Taking a file away or hiding it, so that what was written is seen by who watches the scratch
# folder until the folder goes; and, where there is no Landlock, changing a file (see seccomp.py).
unlink                      87        -
unlinkat                   263       35
rmdir                       84        -
rename                      82        -
renameat                   264       38
renameat2                  316      276
link                        86        -
linkat                     265       37
symlink                     88        -
symlinkat                  266       36
open                         2        -
openat                     257       56
openat2                    437      437
creat                       85        -

# Memory and disk that neither a resident size nor the length of a file shows, and that may outlive
# the process; pages that stay whoever needs them; queues between processes.
mmap                         9      222
fallocate                  285       47
mlock                      149      228
mlock2                     325      284
mlockall                   151      230
timer_create               222      107
memfd_create               319      279
memfd_secret               447      447
shmget                      29      194
shmat                       30      196
shmctl                      31      195
shmdt                       67      197
msgget                      68      186
msgsnd                      69      189
msgrcv                      70      188
msgctl                      71      187
semget                      64      190
semop                       65      193
semctl                      66      191
semtimedop                 220      192
mq_open                    240      180
mq_unlink                  241      181
mq_timedsend               242      182
mq_timedreceive            243      183
mq_notify                  244      184
mq_getsetattr              245      185
vmsplice                   278       75
io_setup                   206        0
io_destroy                 207        1
io_submit                  209        2
io_cancel                  210        3
io_getevents               208        4
io_pgetevents              333      292

# Identity and the sandbox itself.
setuid                     105      146
setgid                     106      144
setreuid                   113      145
setregid                   114      143
setresuid                  117      147
setresgid                  119      149
setfsuid                   122      151
setfsgid                   123      152
setgroups                  116      159
capset                     126       91
prctl                      157      167
personality                135       92
unshare                    272       97
setns                      308      268
seccomp                    317      277
landlock_create_ruleset    444      444
landlock_add_rule          445      445
landlock_restrict_self     446      446
lsm_set_self_attr          460      460

# Large doors into the kernel, and the administration of the machine.
io_uring_setup             425      425
io_uring_enter             426      426
io_uring_register          427      427
bpf                        321      280
perf_event_open            298      241
userfaultfd                323      282
add_key                    248      217
request_key                249      218
keyctl                     250      219
init_module                175      105
finit_module               313      273
delete_module              176      106
kexec_load                 246      104
kexec_file_load            320      294
reboot                     169      142
acct                       163       89
syslog                     103      116
lookup_dcookie             212       18
vhangup                    153       58
quotactl                   179       60
quotactl_fd                443      443
swapon                     167      224
swapoff                    168      225
nfsservctl                 180       42
settimeofday               164      170
clock_settime              227      112
clock_adjtime              305      266
adjtimex                   159      171
sethostname                170      161
setdomainname              171      162
uselib                     134        -
_sysctl                    156        -
modify_ldt                 154        -
iopl                       172        -
ioperm                     173        -

# The tree of file systems.
mount                      165       40
umount2                    166       39
pivot_root                 155       41
chroot                     161       51
mount_setattr              442      442
open_tree                  428      428
open_tree_attr             467      467
move_mount                 429      429
fsopen                     430      430
fsconfig                   431      431
fsmount                    432      432
fspick                     433      433
"""


class Architecture(msgspec.Struct, frozen=True, kw_only=True):
    """A kernel's name in a filter (AUDIT_ARCH_*, linux/audit.h) and its call numbers."""

    name: str
    audit: int
    refused: Mapping[str, int]


def _column(index: int) -> dict[str, int]:
    rows = [line.split() for line in REFUSED.splitlines() if line and not line.startswith("#")]
    return {row[0]: int(row[index]) for row in rows if row[index] != "-"}


X86_64 = Architecture(name="x86_64", audit=0xC000003E, refused=_column(1))
AARCH64 = Architecture(name="aarch64", audit=0xC00000B7, refused=_column(2))
ARCHITECTURES = {architecture.name: architecture for architecture in (X86_64, AARCH64)}


def of_this_process() -> Architecture:
    """Find the table to use here; raises LookupError, with a reason to show, without one."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        raise LookupError("this is not 64-bit Linux")
    machine = os.uname().machine
    try:
        return ARCHITECTURES[machine]
    except KeyError:
        raise LookupError(f"no table of system calls for {machine}") from None
