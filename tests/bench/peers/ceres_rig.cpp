// The corners of bench_bundle through Ceres, a line in its form: case, who, seconds (least, median), rms in pixels,
// errors of focal lengths (%) and positions (mm). The start comes from bench_bundle too: rough lenses without
// distortion, poses some centimetres and degrees off; what it would cost to find one is not counted.
// usage: ceres_rig FOLDER CASE...
#include <Eigen/Geometry>
#include <Eigen/SVD>
#include <ceres/ceres.h>
#include <ceres/rotation.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr int RUNS = 3, THREADS = 2;

struct View {
    int camera, frame;
    std::vector<double> q;
};

struct Rig {
    int cols = 0, rows = 0;
    double square = 0;
    std::vector<double> focals;
    std::vector<Eigen::Vector3d> centres;
    std::vector<View> views;
    std::vector<std::array<double, 9>> lenses; // fx fy cx cy k1 k2 p1 p2 k3
    std::vector<std::array<double, 6>> poses, boards;
};

// All corners of one board in one camera: one residual block, as few evaluations of the poses as can be.
struct BoardError {
    const Rig *rig;
    const View *view;

    template <typename T> bool operator()(const T *lens, const T *camera, const T *board, T *x) const {
        T R_cam[9], R_board[9];
        ceres::AngleAxisToRotationMatrix(camera, R_cam); // column-major
        ceres::AngleAxisToRotationMatrix(board, R_board);
        Eigen::Map<const Eigen::Matrix<T, 3, 3>> A(R_cam), B(R_board);
        Eigen::Map<const Eigen::Matrix<T, 3, 1>> ta(camera + 3), tb(board + 3);
        const Eigen::Matrix<T, 3, 3> R = A * B;
        const Eigen::Matrix<T, 3, 1> t = A * tb + ta;
        for (int i = 0; i < rig->cols * rig->rows; i++) {
            const double u = rig->square * (i % rig->cols), v = rig->square * (i / rig->cols);
            const T p[3] = {R(0, 0) * u + R(0, 1) * v + t(0), R(1, 0) * u + R(1, 1) * v + t(1),
                            R(2, 0) * u + R(2, 1) * v + t(2)};
            const T a = p[0] / p[2], b = p[1] / p[2], r = a * a + b * b;
            const T radial = 1.0 + r * (lens[4] + r * (lens[5] + r * lens[8]));
            x[2 * i] =
                lens[0] * (a * radial + 2.0 * lens[6] * a * b + lens[7] * (r + 2.0 * a * a)) + lens[2] - view->q[2 * i];
            x[2 * i + 1] = lens[1] * (b * radial + lens[6] * (r + 2.0 * b * b) + 2.0 * lens[7] * a * b) + lens[3] -
                           view->q[2 * i + 1];
        }
        return true;
    }
};

template <size_t N> void read(std::istringstream &line, std::array<double, N> &to) {
    for (double &x : to)
        line >> x;
}

bool load(const std::string &path, Rig &rig) {
    std::ifstream corners(path + ".txt"), start(path + ".start.txt");
    std::string text, word;
    while (std::getline(corners, text)) {
        std::istringstream line(text);
        line >> word;
        if (word == "board") {
            line >> rig.cols >> rig.rows >> rig.square;
        } else if (word == "camera") {
            double width, height, focal, x, y, z;
            line >> width >> height >> focal >> x >> y >> z;
            rig.focals.push_back(focal);
            rig.centres.emplace_back(x, y, z);
        } else {
            View view;
            line >> view.camera >> view.frame;
            for (double x; line >> x;)
                view.q.push_back(x);
            rig.views.push_back(view);
        }
    }
    while (std::getline(start, text)) {
        std::istringstream line(text);
        line >> word;
        if (word == "camera") {
            read(line, rig.lenses.emplace_back());
            read(line, rig.poses.emplace_back());
        } else {
            read(line, rig.boards.emplace_back());
        }
    }
    return !rig.views.empty() && !rig.lenses.empty();
}

double solve(Rig &rig, double &rms) {
    using Cost = ceres::AutoDiffCostFunction<BoardError, ceres::DYNAMIC, 9, 6, 6>;
    const int n = rig.cols * rig.rows;
    const auto begin = std::chrono::steady_clock::now();
    ceres::Problem problem;
    for (const View &view : rig.views)
        problem.AddResidualBlock(new Cost(new BoardError{&rig, &view}, 2 * n), nullptr, rig.lenses[view.camera].data(),
                                 rig.poses[view.camera].data(), rig.boards[view.frame].data());
    problem.SetParameterBlockConstant(rig.poses[0].data());
    ceres::Solver::Options options;
    options.linear_solver_type = ceres::DENSE_SCHUR;
    options.num_threads = THREADS;
    options.function_tolerance = 1e-10;
    options.max_num_iterations = 200;
    options.linear_solver_ordering.reset(new ceres::ParameterBlockOrdering);
    for (auto &board : rig.boards)
        if (problem.HasParameterBlock(board.data()))
            options.linear_solver_ordering->AddElementToGroup(board.data(), 0);
    for (size_t c = 0; c < rig.lenses.size(); c++) {
        options.linear_solver_ordering->AddElementToGroup(rig.lenses[c].data(), 1);
        options.linear_solver_ordering->AddElementToGroup(rig.poses[c].data(), 1);
    }
    ceres::Solver::Summary summary;
    ceres::Solve(options, &problem, &summary);
    rms = std::sqrt(2 * summary.final_cost / (double(n) * double(rig.views.size())));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Largest errors, positions after the rigid motion that brings all nearest to the truth.
void judge(const Rig &rig, double &focal, double &position) {
    Eigen::Matrix3Xd found(3, rig.poses.size()), truth(3, rig.poses.size());
    focal = position = 0;
    for (size_t c = 0; c < rig.poses.size(); c++) {
        const Eigen::Vector3d r(rig.poses[c].data()), t(rig.poses[c].data() + 3);
        const Eigen::Matrix3d R = Eigen::AngleAxisd(r.norm(), r.normalized()).toRotationMatrix();
        found.col(c) = -R.transpose() * t;
        truth.col(c) = rig.centres[c];
        focal = std::max(focal, 100 * std::abs(rig.lenses[c][0] / rig.focals[c] - 1));
    }
    const Eigen::Vector3d a = found.rowwise().mean(), b = truth.rowwise().mean();
    const Eigen::Matrix3d C = (found.colwise() - a) * (truth.colwise() - b).transpose();
    Eigen::JacobiSVD<Eigen::Matrix3d> svd(C, Eigen::ComputeFullU | Eigen::ComputeFullV);
    Eigen::Vector3d sign(1, 1, (svd.matrixV() * svd.matrixU().transpose()).determinant());
    const Eigen::Matrix3d R = svd.matrixV() * sign.asDiagonal() * svd.matrixU().transpose();
    for (int c = 0; c < found.cols(); c++)
        position = std::max(position, 1000 * (R * (found.col(c) - a) - (truth.col(c) - b)).norm());
}

} // namespace

int main(int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        Rig made, rig;
        if (!load(std::string(argv[1]) + "/" + argv[i], made))
            return std::fprintf(stderr, "cannot read case '%s'\n", argv[i]), 1;
        std::vector<double> seconds;
        double rms = 0, focal, position;
        for (int run = 0; run < RUNS; run++) {
            rig = made;
            seconds.push_back(solve(rig, rms));
        }
        std::sort(seconds.begin(), seconds.end());
        judge(rig, focal, position);
        std::printf("%-10s %-12s %9.4f %9.4f %10.6f %9.5f %9.4f\n", argv[i], "ceres", seconds[0], seconds[RUNS / 2],
                    rms, focal, position);
    }
    return 0;
}
