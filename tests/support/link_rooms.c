// Links with every object of every room (tests/CMakeLists.txt): that it links is the test.
int main(void) {
    return 0;
}
