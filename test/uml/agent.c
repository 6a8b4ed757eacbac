/*
 * The guest's end of the line: it starts a shell for each connection of the host, with pipes of its own, over one serial line.
 * A frame is a letter, the number of the connection, four bytes of length (the lowest first) and so many bytes.
 * From the host: o opens, d is input, e ends the input, k: nobody listens any more. To the host: R is ready for one frame, 1 and 2 are output, x is the status.
 * The host sends short frames, one at a time: a serial line of user-mode Linux whose buffer was full is not heard again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MOST 256
#define PIECE 4096

struct line {
	pid_t pid;
	int in, out, err;
	int status;
	int ended, eof;
	unsigned char *wait;
	size_t waiting;
};

static struct line lines[MOST];
static int tty;

static void put(const unsigned char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = write(tty, bytes, length);
		if (done < 0 && errno != EINTR)
			exit(1);
		if (done > 0) {
			bytes += done;
			length -= (size_t)done;
		}
	}
}

static void get(unsigned char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = read(tty, bytes, length);
		if (done == 0 || (done < 0 && errno != EINTR))
			exit(1);
		if (done > 0) {
			bytes += done;
			length -= (size_t)done;
		}
	}
}

static void tell(char type, int id, const unsigned char *bytes, size_t length)
{
	unsigned char head[6] = { (unsigned char)type, (unsigned char)id, length & 255, length >> 8 & 255, length >> 16 & 255, length >> 24 & 255 };
	put(head, sizeof head);
	put(bytes, length);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void begin(struct line *line)
{
	int in[2], out[2], err[2];
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		exit(1);
	line->pid = fork();
	if (line->pid == 0) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		execl("/bin/sh", "sh", (char *)0);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	line->in = in[1];
	line->out = out[0];
	line->err = err[0];
	line->ended = line->eof = 0;
	line->waiting = 0;
}

/* What the shell does not take yet waits. */
static void feed(struct line *line)
{
	while (line->in >= 0 && line->waiting > 0) {
		ssize_t done = write(line->in, line->wait, line->waiting);
		if (done < 0 && errno == EAGAIN)
			return;
		if (done < 0) {
			shut(&line->in);
			line->waiting = 0;
			return;
		}
		line->waiting -= (size_t)done;
		memmove(line->wait, line->wait + done, line->waiting);
	}
	if (line->eof)
		shut(&line->in);
}

static void hear(void)
{
	unsigned char head[6];
	get(head, sizeof head);
	struct line *line = &lines[head[1]];
	size_t length = head[2] | (size_t)head[3] << 8 | (size_t)head[4] << 16 | (size_t)head[5] << 24;
	if (head[0] == 'd') {
		line->wait = realloc(line->wait, line->waiting + length + 1);
		get(line->wait + line->waiting, length);
		line->waiting += length;
		feed(line);
		return;
	}
	if (head[0] == 'o')
		begin(line);
	else if (line->pid == 0)
		return;
	else if (head[0] == 'e') {
		line->eof = 1;
		feed(line);
	} else if (head[0] == 'k') {
		kill(-line->pid, SIGHUP);
		shut(&line->in);
		shut(&line->out);
		shut(&line->err);
	}
}

static void pass(int id, int *fd, char type)
{
	unsigned char bytes[PIECE];
	ssize_t length = read(*fd, bytes, sizeof bytes);
	if (length > 0)
		tell(type, id, bytes, (size_t)length);
	else if (length == 0 || errno != EINTR)
		shut(fd);
}

static void reap(void)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int id = 0; id < MOST; id++)
			if (lines[id].pid == pid) {
				lines[id].status = status;
				lines[id].ended = 1;
			}
	for (int id = 0; id < MOST; id++) {
		struct line *line = &lines[id];
		if (line->pid == 0 || !line->ended || line->out >= 0 || line->err >= 0)
			continue;
		unsigned char code = WIFEXITED(line->status) ? WEXITSTATUS(line->status) : 128 + WTERMSIG(line->status);
		shut(&line->in);
		line->pid = 0;
		tell('x', id, &code, 1);
	}
}

int main(int argc, char **argv)
{
	struct termios raw;
	tty = open(argc > 1 ? argv[1] : "/dev/ttyS0", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty < 0 || tcgetattr(tty, &raw))
		return 1;
	cfmakeraw(&raw);
	tcsetattr(tty, TCSANOW, &raw);
	signal(SIGPIPE, SIG_IGN);
	for (int id = 0; id < MOST; id++)
		lines[id].in = lines[id].out = lines[id].err = -1;
	tell('R', 0, 0, 0);
	for (;;) {
		struct pollfd polls[1 + 3 * MOST];
		polls[0] = (struct pollfd){ tty, POLLIN, 0 };
		for (int id = 0; id < MOST; id++) {
			struct line *line = &lines[id];
			polls[1 + 3 * id] = (struct pollfd){ line->out, POLLIN, 0 };
			polls[2 + 3 * id] = (struct pollfd){ line->err, POLLIN, 0 };
			polls[3 + 3 * id] = (struct pollfd){ line->waiting > 0 ? line->in : -1, POLLOUT, 0 };
		}
		/* A shell that has ended is no event of a file. */
		poll(polls, 1 + 3 * MOST, 50);
		for (int id = 0; id < MOST; id++) {
			struct line *line = &lines[id];
			if (polls[1 + 3 * id].revents && line->out >= 0)
				pass(id, &line->out, '1');
			if (polls[2 + 3 * id].revents && line->err >= 0)
				pass(id, &line->err, '2');
			if (polls[3 + 3 * id].revents)
				feed(line);
		}
		if (polls[0].revents) {
			hear();
			tell('R', 0, 0, 0);
		}
		reap();
	}
}
