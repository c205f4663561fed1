# What R's survey package makes of answers.csv: writes means.csv.  Rscript means.R (Debian: r-cran-survey)
library(survey)
answers <- read.csv("answers.csv", colClasses = c("character", "numeric", "numeric"))
design <- svydesign(ids = ~1, strata = ~cell, fpc = ~forms, data = answers)
finite <- svyby(~score, ~cell, design, svymean)
all <- svymean(~score, design)
answers$weight <- answers$forms / ave(answers$score, answers$cell, FUN = length)
open <- svydesign(ids = ~1, strata = ~cell, weights = ~weight, data = answers)
wide <- svyby(~score, ~cell, open, svymean)
wide_all <- svymean(~score, open)
told <- data.frame(
  cell = c(finite$cell, "all"),
  mean = c(finite$score, coef(all)),
  error_finite = c(finite$se, SE(all)),
  error_wide = c(wide$se, SE(wide_all)))
write.csv(told, "means.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, " survey ", as.character(packageVersion("survey")), "\n")
