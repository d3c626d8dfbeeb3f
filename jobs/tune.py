"""What a container runs to carry out a study: the options are those of `sigh tune`.

python jobs/tune.py -c jobs/configs/tune.yaml --data s3://bucket/forged --out s3://bucket/study --ray auto
"""

import sys

from sigh_batch.cli import main

main(["tune", *sys.argv[1:]])
