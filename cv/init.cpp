#include "cv/cv.h"

#include <opencv2/core.hpp>

void rig_cv_init(void) {
    cv::setNumThreads(1);
}
