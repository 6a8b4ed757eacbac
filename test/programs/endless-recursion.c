/* On one line: which part of the call touches the guard page first depends on the frame's size and the stack's start. */
static int depth(int level) { volatile char frame[512]; frame[0] = (char)level; return depth(level + 1) + frame[0]; } /* EXPECT(call) */

int main(void) { return depth(0); }
