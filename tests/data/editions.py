"""Small imitations of the MovieLens editions as GroupLens hands them out: file names, layouts, encodings, and the files
that are to be left alone."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

Files = dict[str, bytes]
JUNK = b"\x00\xff not to be read \x81"

FLAGS = 19


def _flags(*positions: int) -> str:
    return "|".join("1" if at in positions else "0" for at in range(FLAGS))


ML_100K: Files = {
    "u.data": b"196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t267\t1\t878887116\n22\t377\t5\t880606923\n",
    "u.item": "\n".join(
        [
            f"242|Kolya (1996)|24-Jan-1997||http://us.imdb.com/M/title-exact?Kolya%20(1996)|{_flags(5)}",
            f"302|Misérables, Les (1995)|01-Jan-1995||http://us.imdb.com/M/a|{_flags(8, 13)}",
            f"267|unknown||||{_flags(0)}",
            f"377|Heavyweights|01-Jan-1994||http://us.imdb.com/M/b|{_flags(4, 5)}",
            f"378|Heavyweights|01-Jan-1994||http://us.imdb.com/M/b|{_flags(4, 5)}",
            "",
        ]
    ).encode("latin-1"),
    "u.user": JUNK,
    "u.genre": b"unknown|0\nAction|1\n",
    "u1.base": JUNK,
    "README": JUNK,
    "mku.sh": JUNK,
}
ML_1M: Files = {
    "ratings.dat": b"1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::978298413\n",
    "movies.dat": "1193::Misérables, Les (1995)::Drama|Musical\n661::Star Wars: Episode IV (1977)::Action|Children's\n"
    "7::Never rated (2000)::War\n".encode("latin-1"),
    "users.dat": b"1::F::1::10::48067\n",
    "README": JUNK,
}
ML_10M: Files = {
    "ratings.dat": b"1::122::5::838985046\n1::185::3.5::838983525\n2::122::0.5::868244699\n",
    "movies.dat": '122::Amélie "A" (2001)::Comedy|Romance\n185::Łódź (1995)::(no genres listed)\n'.encode(),
    "tags.dat": JUNK,
    "README.html": JUNK,
    "allbut.pl": JUNK,
    "split_ratings.sh": JUNK,
}
ML_25M: Files = {
    "ratings.csv": b"userId,movieId,rating,timestamp\n1,296,5.0,1147880044\n1,306,3.5,1147868817\n2,296,2.0,11478688\n",
    "movies.csv": 'movieId,title,genres\n296,"Amélie, ""A"" (2001)",Comedy|Romance\n306,Rouge (1994),Drama\n'.encode(),
    "tags.csv": JUNK,
    "links.csv": JUNK,
    "genome-scores.csv": JUNK,
    "README.txt": JUNK,
}
EDITIONS = {"ml-100k": ML_100K, "ml-1m": ML_1M, "ml-10M100K": ML_10M, "ml-25m": ML_25M}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write the files into a new folder."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def write_zip(path: Path, files: Mapping[str, bytes], folder: str = "") -> Path:
    """Write the files into a zip, within the folder if one is named."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if folder:
            archive.mkdir(folder)
        for name, data in files.items():
            archive.writestr(f"{folder}/{name}" if folder else name, data)
    return path
