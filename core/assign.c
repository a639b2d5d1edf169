#include "core/assign.h"

#include <math.h>
#include <stdbool.h>

// The problem with at least as many columns as rows (turned over where it had fewer), and the state of the search.
typedef struct problem {
    const double *cost;
    int n_rows, n_cols;
    ptrdiff_t row_step, col_step;
    double forbidden_cost; // above all that allowed pairs together can cost
    double *row_price, *col_price;
    int *col_of_row, *row_of_col; // -1: free
    double *distance;             // of the shortest path found to a column
    int *row_before;              // on that path
    bool *settled;
} problem;

static double cost_at(const problem *p, int row, int col) {
    double cost = p->cost[row * p->row_step + col * p->col_step];
    return cost >= RIG_ASSIGN_FORBIDDEN ? p->forbidden_cost : cost;
}

// A forbidden pair must cost more than any change among the allowed ones can save.
static double forbidden_cost(const double *cost, int n_rows, int n_cols) {
    double most = 0;
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n_rows * n_cols; i++)
        if (cost[i] < RIG_ASSIGN_FORBIDDEN && cost[i] > most)
            most = cost[i];
    int pairs = n_rows < n_cols ? n_rows : n_cols;
    return most > 0 ? 2 * most * (pairs + 1) : 1;
}

static rig_status problem_init(problem *p, const double *cost, int n_rows, int n_cols, rig_arena *scratch,
                               rig_err *err) {
    bool turned = n_rows > n_cols;
    *p = (problem){.cost = cost,
                   .n_rows = turned ? n_cols : n_rows,
                   .n_cols = turned ? n_rows : n_cols,
                   .row_step = turned ? 1 : n_cols,
                   .col_step = turned ? n_cols : 1,
                   .forbidden_cost = forbidden_cost(cost, n_rows, n_cols)};
    double *numbers = RIG_NEW(scratch, double, p->n_rows + 2 * p->n_cols);
    int *indices = RIG_NEW(scratch, int, p->n_rows + 2 * p->n_cols);
    p->settled = RIG_NEW(scratch, bool, p->n_cols);
    if (!numbers || !indices || !p->settled)
        return rig_fail_memory(err, "an assignment");
    p->row_price = numbers;
    p->col_price = numbers + p->n_rows;
    p->distance = p->col_price + p->n_cols;
    p->col_of_row = indices;
    p->row_of_col = indices + p->n_rows;
    p->row_before = p->row_of_col + p->n_cols;
    for (int i = 0; i < p->n_rows; i++)
        p->col_of_row[i] = -1;
    for (int j = 0; j < p->n_cols; j++)
        p->row_of_col[j] = -1;
    return RIG_OK;
}

// Offer the ways from row (reached at distance `reached`) to all unsettled columns; returns the nearest of these.
static int relax(problem *p, int row, double reached) {
    int nearest = -1;
    for (int j = 0; j < p->n_cols; j++) {
        if (p->settled[j])
            continue;
        double distance = reached + cost_at(p, row, j) - p->row_price[row] - p->col_price[j];
        if (distance < p->distance[j]) {
            p->distance[j] = distance;
            p->row_before[j] = row;
        }
        if (nearest < 0 || p->distance[j] < p->distance[nearest])
            nearest = j;
    }
    return nearest;
}

// Give row a column along the shortest path to a free one, and move the prices so that no reduced cost is negative.
static void augment(problem *p, int first) {
    for (int j = 0; j < p->n_cols; j++) {
        p->distance[j] = INFINITY;
        p->settled[j] = false;
    }
    int free_col = relax(p, first, 0);
    while (p->row_of_col[free_col] >= 0) {
        p->settled[free_col] = true;
        free_col = relax(p, p->row_of_col[free_col], p->distance[free_col]);
    }
    double length = p->distance[free_col];
    p->row_price[first] += length;
    for (int j = 0; j < p->n_cols; j++)
        if (p->settled[j]) {
            p->row_price[p->row_of_col[j]] += length - p->distance[j];
            p->col_price[j] -= length - p->distance[j];
        }
    for (int col = free_col, row = -1; row != first;) {
        row = p->row_before[col];
        p->row_of_col[col] = row;
        int left = p->col_of_row[row];
        p->col_of_row[row] = col;
        col = left;
    }
}

rig_status rig_assign(const double *cost, int n_rows, int n_cols, int *col_of_row, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    problem p;
    rig_status status = problem_init(&p, cost, n_rows, n_cols, scratch, err);
    if (status != RIG_OK)
        goto done;
    for (int i = 0; i < p.n_rows; i++)
        augment(&p, i);
    const int *chosen = n_rows > n_cols ? p.row_of_col : p.col_of_row;
    for (int i = 0; i < n_rows; i++) {
        bool allowed = chosen[i] >= 0 && cost[(ptrdiff_t)i * n_cols + chosen[i]] < RIG_ASSIGN_FORBIDDEN;
        col_of_row[i] = allowed ? chosen[i] : -1;
    }
done:
    rig_arena_rewind(scratch, mark);
    return status;
}
