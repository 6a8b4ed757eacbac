import type { Milliseconds } from '../base/units.js';
import { AS_POSIX_SHELL } from './shell-program.js';

/**
 * The remote command for `ssh ... -- host`: one word that sh, bash, dash, zsh, fish, tcsh, mksh, yash, ksh93 and BusyBox take alike as
 * a login shell. It reads one line, the program, and runs it in the target's POSIX shell. A command that gives a POSIX shell
 * on its standard input needs no such word: the program is one line of shell, and runs as it comes.
 */
export const SHELL_BOOT = `exec sh -c 'IFS= read -r s;eval "$s"'`;

export interface ReaderProgramOptions {
  /** Letters and digits; longer than a process name (15 bytes), so that none can be taken for a marker. */
  readonly nonce: string;
  /** The loop ends by itself when it was not woken for so long, and at twice the time at the latest. */
  readonly watchdogMs: Milliseconds;
  /** Which awks to try, the best first. None: the shell does everything, with cat. */
  readonly awks?: readonly string[];
}

/** By their cost here: mawk, then what the target calls awk. BusyBox may have it without a link. */
const AWKS = ['mawk', 'awk', 'gawk', 'busybox awk'] as const;

/**
 * Reads files for ever, and prints what has changed. Written for the awks of POSIX, mawk 1.3.4, gawk, BusyBox and the original
 * one. docs/reader-protocol.md explains the lines. Single quotes and newlines can't be used in it.
 *
 * L: texts by key, Q: whole stat lines by pid, H: what was told of them, G: start times, V: tick in which a pid was last seen, C: what reading
 * cost last, P: paths of files, W: names that were read of processes.
 */
const AWK_PROGRAM = [
  // Nanoseconds on the CPU. Reading one's own stat brings the counter up to date; without, it is of the last tick of the scheduler.
  'function K( l,a){getline l<I;close(I);l="";getline l<J;close(J);split(l,a," ");return a[1]+0}',
  // Whether to measure this time: large ones always, the others now and then.
  'function M(k){if(U<0||k in L&&L[k]=="-")return 0;return !(k in C)||C[k]>300||(T+length(k))%8==0}',
  // At the end of a measured read.
  'function E(k,z, d){if(L[k]=="-")return;d=int((K()-z-U)/1000);if(d<1)d=1;C[k]=d;print "c" k,d}',
  'function R(k,f, l,s,c,n,r,i,j,a,b){',
  's="";c="";n=0;while((r=(getline l<f))>0){c=c "\\n " l;if(++n%50==0){s=s c;c=""}}close(f);s=s c;',
  'if(r<0&&n==0){if(!(k in L)||L[k]!="-"){print "-" k;L[k]="-"}return}',
  'if(k in L){if(s==L[k])return;if(n>3&&split(L[k],a,"\\n")==n+1){L[k]=s;split(s,b,"\\n");print "~" k;',
  'for(i=2;i<=n+1;i++)if(a[i]!=b[i]){j=i-1;print j b[i]}return}}',
  'L[k]=s;print ">" k s}',
  // The digest of maps.
  'function D(k,f, l,n,r,a,b,s,e){',
  's="";e="";n=0;while((r=(getline l<f))>0){n++;if(index(l,"[heap]")){if(split(l,a," ")==6&&a[6]=="[heap]"){split(a[1],b,"-");if(s=="")s=b[1];e=b[2]}}}close(f);',
  'if(r<0&&n==0){if(!(k in L)||L[k]!="-"){print "-" k;L[k]="-"}return}',
  'l=n;if(s!="")l=n " " s " " e;if(!(k in L)||l!=L[k]){L[k]=l;print "m" k,l}}',
  // An exit; a pid that was given again is an exit, too.
  'function X(p, w){print "x" p;delete H[p];delete G[p];for(w in W){delete L[p "/" w];delete C[p "/" w]}}',

  'BEGIN{I="/proc/self/stat";J="/proc/self/schedstat";getline l<I;close(I);F=split(l,a," ");',
  'U=-1;a0=K();a1=K();a2=K();a3=K();if(a1>a0&&a2>a1&&a3>a2)U=a3-a2;n=0;z=0;',
  'f="/proc/self/cmdline";while((getline l<f)>0){n++;z+=length(l)}close(f);O="none";if(n>1)O="pieces";else if(z>60)O="whole"}',

  // What the shell says: markers and its own answers. A frame leaves in one piece.
  '/^@@/{if($2=="hello")print $0,"awk",O,(U<0?"-":"cost");else print;if($2!~/^b/)fflush();next}',
  // The processes that are there.
  '/^\\//{T++;s=0;for(i=1;i<=NF;i++){p=substr($i,7);f=$i "/stat";if((getline l<f)>0){',
  // A name may hold a newline, and ends within the first 40 bytes.
  'while(length(l)<60&&(getline x<f)>0)l=l "\\n" x;close(f);s++;if(!(p in V)){B++;Q[p]=""}V[p]=T;',
  // A name may hold blanks: then there are more fields than in our own line (which qemu's user emulation makes up, and shorter).
  'if(l!=Q[p]){Q[p]=l;if(split(l,a," ")==F){o=0;c=a[2]}else{match(l,/.*\\)/);o=split(substr(l,1,RLENGTH),b," ")-2;c=index(l,"(");c=substr(l,c,RLENGTH-c+1)}',
  'x=c " " a[3+o] " " a[4+o] " 0 " a[6+o] " 0 0 0 " a[10+o] " 0 " a[12+o] " 0 0 0 0 0 0 0 " a[20+o] " 0 " a[22+o] " " a[23+o] " " a[24+o];',
  'if(x!=H[p]){if(p in G){if(G[p]!=a[22+o]){X(p);G[p]=a[22+o]}}else G[p]=a[22+o];H[p]=x;if(index(x,"\\n")){gsub(/\\n/,"\\n ",x);print "S" p,x}else print "s" p,x}}}else close(f)}',
  'if(s<B){for(p in V)if(V[p]!=T){X(p);delete V[p];delete Q[p];B--}}next}',
  // Files to read: =ID, or /NAME and then pids, each as the difference to the one before.
  '/^r/{for(i=2;i<=NF;i++){t=$i;h=substr(t,1,1);if(h=="/"){w=substr(t,2);p=0;W[w]=1}else if(h=="=")R(t,P[substr(t,2)]);else{p+=t;k=p "/" w;',
  'y=M(k);if(y)z=K();if(w=="@")D(k,"/proc/" p "/maps");else R(k,"/proc/" k);if(y)E(k,z)}}T++;next}',
  '/^\\+/{i=index($0," ");P[substr($0,2,i-2)]=substr($0,i+1);next}',
  '{print}',
].join('');

/**
 * One line of POSIX shell, without its end. All of it is our own fixed text: paths come later, as data that `read -r` reads. The
 * shell expands patterns, which awk can't, and does by cat what awk can't.
 */
export function readerProgram({ nonce, watchdogMs, awks = AWKS }: ReaderProgramOptions): string {
  // Whole seconds: not every sleep knows parts of them.
  const seconds = Math.max(1, Math.ceil(watchdogMs / 1000));
  return [
    AS_POSIX_SHELL,
    'LC_ALL=C;export LC_ALL;PATH=$PATH:/bin:/usr/bin:/sbin:/usr/sbin:/system/bin;unset IFS',
    `N=${nonce}`,
    '[ -r /proc/self/stat ]||{ echo "@@$N no $(uname -s 2>/dev/null)";exit;}',
    'exec 3>&1',
    // Stands between files of one cat: text that is known, and can't be taken for a file without being counted.
    'Y=/proc/sys/kernel/random/boot_id;B=-;[ -r $Y ]&&read -r B <$Y',
    // What is wrong on the target is seen by what is missing in the frames. A bare root directory may have no /dev/null.
    'if [ -c /dev/null ];then G=1;exec 2>/dev/null;else G=;exec 2>&-;fi',
    // A resident awk that can do what is needed; mawk must be told not to wait for a whole block of input.
    `A=;for a in ${awks.map((awk) => `"${awk}"`).join(' ') || '""'};do [ -n "$a" ]&&[ -n "$(command -v \${a%% *})" ]||continue;case "$($a -W version 2>&1 </proc/self/stat)" in mawk*)a="$a -W interactive";;esac`,
    `[ "$($a 'function f(x){return x}BEGIN{getline x<"/proc/self/stat";close("/proc/self/stat");fflush();if(f(x)~/[0-9]$/)print "ok"}' </proc/self/stat)" = ok ]&&{ A=$a;break;};done`,
    '[ -n "$(command -v cat)" ]||cat(){ for i in "$@";do while IFS= read -r l||[ -n "$l" ];do printf "%s\\n" "$l";done <"$i";done;}',
    // The watchdog ends this shell and all that it has started when the loop has not been woken between two looks, or has ended and its awk has not
    // followed: one that is stopped sees no end of its input. The session (field 6) tells that it is still this shell.
    'stop(){ k=" $$ ";read -r a b c d e f x </proc/$$/stat&&[ "$f" = "$F" ]||exit;for i in 1 2 3;do for p in /proc/[0-9]*;do read -r a b c d x <$p/stat||continue;case "$k" in *" $a "*);;*" $d "*)[ $a = $M ]||k="$k$a ";;esac;done;done;kill -9 $k;exit;}',
    'nap(){ sleep $1& S=$!;wait $S;}',
    `dog(){ read -r M b c d e F x </proc/self/stat;S=;trap "" HUP;trap "kill \\$S;exit 0" TERM;o=;while :;do nap ${seconds};x=;while read -r k v;do case $k in voluntary_ctxt_switches:)x=$v;;esac;done </proc/$W/status||{ nap 1;stop;};[ "$x" = "$o" ]&&stop;o=$x;done;}`,
    // Of the loop, whose number is in W. It is kept by who ends last: what it holds open is nobody's end of input.
    'watch(){ D=;[ -z "$G" ]||{ { exec </dev/null >/dev/null 3>&-;dog;}& D=$!;};"$@";[ -z "$D" ]||kill $D;}',
    'raw(){ echo "@@$N <$1";shift;cat "$@";r=$?;echo;echo "@@$N >$r";}',
    // What the shell does in both ways: frames, raw files, why a file can't be read, file descriptors.
    'both(){ case $q in b*|e)echo "@@$N $q";;c*)IFS= read -r p;raw "${q#c}" "$p" >&3;;' +
      'k*)set --;n=${q#* };while [ $n -gt 0 ];do IFS= read -r p;set -- "$@" "$p" $Y;n=$((n-1));done;q=${q%% *};raw "${q#k}" "$@" >&3;;' +
      'q*)IFS= read -r p;if { :;} <"$p";then r=o;elif [ -e "$p" ];then r=p;else r=g;fi;echo "$q $r";;' +
      'f*)for p in ${q#f};do set -- /proc/$p/fd/*;n=$#;case $1 in *\\*)n=0;[ -r /proc/$p/fd ]||{ n=g;[ -e /proc/$p/fd ]&&n=p;};;esac;echo "f$p $n";done;;esac;}',
    'witha(){ echo "@@$N hello $B";while IFS= read -r q;do case $q in s)set -- /proc/[0-9]*;echo "$*";;r*)echo "$q";;+*)printf "%s\\n" "$q";;*)both;;esac;done;}',
    'without(){ echo "@@$N hello $B cat none -";while IFS= read -r q;do case $q in s)raw \\* /proc/[0-9]*/stat >&3;;*)both;;esac;done;}',
    `look(){ $A '${AWK_PROGRAM}' 3>&-;}`,
    'if [ -n "$A" ];then { read -r W x </proc/self/stat;echo $W;witha;}|{ read -r W;watch look;echo "@@$N died";};else read -r W x </proc/self/stat;watch without;fi',
  ].join(';');
}
