#include "app/commands.h"

int main(int argc, char **argv) {
    return rig_main(argc, argv);
}
