import { lstatSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { Image } from './image.ts'
import type { Container } from './pod.ts'

/** One mount of a container: a directory or file of the world, or a file system, and its path in the container. */
export interface Mount {
  readonly source: string
  readonly target: string
  readonly type?: string
  readonly options: string
}

const linkedDirectories = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']
const hostFiles = ['/etc/ssl', '/etc/alternatives', '/etc/ld.so.cache', '/etc/localtime']

/**
 * The shell script that makes the parts of containers' roots, once in a world: a skeleton to copy and a /dev to bind.
 */
export function skeletonScript(): string {
  const links = linkedDirectories.filter(isLink).map((name) => `ln -s ${readlinkSync(`/${name}`)} ${name}`)
  const directories = linkedDirectories.filter((name) => !isLink(name) && exists(`/${name}`))
  return `
mkdir -p /run/dev/pts /run/dev/shm /run/image && cd /run/image
mkdir -p usr dev proc sys etc root home mnt opt srv run var/tmp var/log ${directories.join(' ')}
mkdir -m 1777 tmp
ln -s /run var/run
${links.join('\n')}
echo 'root:x:0:0:root:/root:/bin/sh
node:x:1000:1000::/home/node:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin' > etc/passwd
echo 'root:x:0:
node:x:1000:
nogroup:x:65534:' > etc/group
echo 'hosts: files dns' > etc/nsswitch.conf
for file in hosts hostname resolv.conf; do : > etc/$file; done
for file in ${hostFiles.join(' ')}; do
  if [ -d $file ]; then mkdir .$file; elif [ -e $file ]; then : > .$file; fi
done
cd /run/dev
for name in null zero full random urandom tty; do : > $name; mount --bind /dev/$name $name; done
ln -s /proc/self/fd fd; ln -s fd/0 stdin; ln -s fd/1 stdout; ln -s fd/2 stderr; ln -s pts/ptmx ptmx
: > termination-log
mount -t devpts -o newinstance,ptmxmode=0666 devpts pts
`
}

/** The mounts of every container, with the program of its image: on the search path, and in the root as in many images. */
export function systemMounts(image: Image): Mount[] {
  const directories = linkedDirectories.filter((name) => !isLink(name) && exists(`/${name}`))
  return [
    ...['usr', ...directories].map((name) => bind(`/${name}`, `/${name}`, true)),
    ...(image.directory ? [bind(image.directory, '/usr/local/bin', true)] : []),
    bind(image.program, `/${basename(image.program)}`, true),
    ...hostFiles.filter(exists).map((file) => bind(file, file, true)),
    bind('/run/dev', '/dev', false),
    { source: 'shm', target: '/dev/shm', type: 'tmpfs', options: 'mode=1777' },
    { source: 'proc', target: '/proc', type: 'proc', options: 'nosuid,nodev,noexec' },
    { source: 'sysfs', target: '/sys', type: 'sysfs', options: 'ro,nosuid,nodev,noexec,nofail' },
  ]
}

/** The mount of a file or directory of the world. */
export function bind(source: string, target: string, readOnly: boolean): Mount {
  return { source, target, options: readOnly ? 'rbind,ro' : 'rbind' }
}

/** The mounts as `mount --all` reads them. It creates the directories to mount on. */
export function fstab(mounts: readonly Mount[]): string {
  const quoted = (text: string) => text.replace(/[\s\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return mounts
    .map(({ source, target, type = 'none', options }) =>
      [quoted(source), quoted(`/run/root${target}`), type, `${options},X-mount.mkdir`, '0 0\n'].join(' '),
    )
    .join('')
}

/** The mount points that are files, which mount does not create. */
export function mountedFiles(mounts: readonly Mount[], isFile: (source: string) => boolean): string {
  const files = mounts.filter(({ source, type }) => !type && isFile(source))
  return files.map(({ target }) => `/run/root${target}\n`).join('')
}

/**
 * The first program in a container's namespaces. It builds the root from a file of mounts, enters it and becomes the
 * container's own program. Until then its stderr goes to the kubelet; the container's stderr is file descriptor 3.
 */
export const startScript = `
fstab=$1 hostname=$2 directory=$3 path=$4 command=$5 protect=$6 capabilities=$7; shift 7
read -r pid rest < /proc/self/stat
hostname "$hostname"
mount -t tmpfs -o mode=755 tmpfs /run/root
cp -a /run/image/. /run/root
while IFS= read -r target; do
  [ -e "$target" ] || { mkdir -p "\${target%/*}"; : > "$target"; }
done < "$fstab.files"
mount --all --fstab "$fstab"
if [ "$protect" ]; then mount -o remount,bind,ro /run/root; fi
cd /run/root
pivot_root . mnt
umount -l /mnt
mkdir -p "$directory" 2>&- || true
cd "$directory"
PATH=$path
if ! command -v "$command" > /dev/null; then echo "missing $command" >&2; exit 128; fi
echo "started $pid" >&2
exec 2>&3 3>&- /usr/bin/setpriv --bounding-set "$capabilities" /usr/bin/env -i "$@"
`

const usualCapabilities = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'net_raw',
  'sys_chroot',
  'mknod',
  'audit_write',
  'setfcap',
]

/** The argument of setpriv that limits a container's capabilities. */
export function capabilities({ securityContext = {} }: Container): string {
  if (securityContext.privileged) return '+all'
  const { add = [], drop = [] } = securityContext.capabilities ?? {}
  const names = (list: string[]) => list.map((name) => name.toLowerCase().replace(/^cap_/, ''))
  const kept = names(drop).includes('all') ? [] : usualCapabilities.filter((name) => !names(drop).includes(name))
  return names(add).includes('all') ? '+all' : ['-all', ...new Set([...kept, ...names(add)])].join(',+')
}

function isLink(name: string): boolean {
  return exists(`/${name}`) && lstatSync(`/${name}`).isSymbolicLink()
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined
}
