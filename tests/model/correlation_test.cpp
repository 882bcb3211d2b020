#include "app/model/correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace loopglass::app {
namespace {

using Values = std::vector<double>;

TEST(Correlation, IsPearsonsCoefficient) {
  EXPECT_DOUBLE_EQ(pearson(Values{1, 2, 3}, Values{10, 20, 30}).value(), 1);
  EXPECT_DOUBLE_EQ(pearson(Values{1, 2, 3}, Values{3, 2, 1}).value(), -1);
  // By hand: means 3 and 4; sums 6, 10, 6.
  EXPECT_NEAR(pearson(Values{1, 2, 3, 4, 5}, Values{2, 4, 5, 4, 5}).value(), 6 / std::sqrt(10 * 6.0), 1e-12);
}

TEST(Correlation, OfLogarithmsFindsPowers) { EXPECT_DOUBLE_EQ(pearson_of_logs(Values{1, 2, 4, 8}, Values{1, 8, 64, 512}).value(), 1); }

TEST(Correlation, OfRanksTakesTiesAtTheirMean) {
  EXPECT_DOUBLE_EQ(spearman(Values{1, 10, 100}, Values{1, 2, 3}).value(), 1);
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4.
  EXPECT_NEAR(spearman(Values{1, 5, 5, 9}, Values{1, 2, 3, 4}).value(), 4.5 / std::sqrt(4.5 * 5), 1e-12);
}

TEST(Correlation, IsNotSaidOfTooFewOrEqualValues) {
  EXPECT_FALSE(pearson(Values{1, 2}, Values{1, 2}));
  EXPECT_FALSE(pearson(Values{1, 1, 1}, Values{1, 2, 3}));
  EXPECT_FALSE(spearman(Values{1, 2, 3}, Values{7, 7, 7}));
}

}  // namespace
}  // namespace loopglass::app
