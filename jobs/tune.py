"""What a container runs to carry out a study: the options are those of `sigh tune`.

python jobs/tune.py -c jobs/configs/tune.yaml --data s3://bucket/forged --out s3://bucket/study --ray auto

In pods of one Job that share a study (`sigh submit tune --pods 3`) it is --ray pods.
"""

import sys

from sigh_batch.cli import main

main(["tune", *sys.argv[1:]])
