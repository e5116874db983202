using GoNoGo.Vision.Datasets.Listing;

namespace GoNoGo.Vision.Datasets.Visa;

/// <summary>VisA divided by its table: columns <c>object, split, label, image, mask</c>, paths relative to the root.</summary>
internal sealed class VisaTable : Dataset
{
    private readonly string _path;
    private readonly CsvTable _table;
    private readonly Dictionary<string, List<CsvRow>> _rows = new(StringComparer.Ordinal);

    /// <summary>Reads the table; the pictures are looked for by <see cref="Dataset.Load"/>.</summary>
    public VisaTable(string root, string path) : base(root, VisaDataset.Id)
    {
        _path = path;
        _table = CsvTable.Read(path, "object", "split", "label", "image", "mask");
        foreach (CsvRow row in _table.Rows)
        {
            string name = _table.Value(row, "object");
            if (name.Length == 0)
            {
                throw _table.Wrong(row, "the name of an object", "none");
            }

            if (!_rows.TryGetValue(name, out List<CsvRow>? rows))
            {
                _rows.Add(name, rows = []);
            }

            rows.Add(row);
        }

        if (_rows.Count == 0)
        {
            throw CsvTable.Damaged(path, "one row for each picture", "the header alone", "get the file anew");
        }

        Categories = [.. _rows.Keys.Order(StringComparer.Ordinal)];
    }

    public override IReadOnlyList<string> Categories { get; }

    private protected override Category List(string category)
    {
        var builder = new CategoryBuilder(Root, Root, category);
        var folders = new Folders(Root);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string? firstMissing = null;
        int missing = 0;
        foreach (CsvRow row in _rows[category])
        {
            string image = PathIn(row, "image");
            if (!seen.Add(image))
            {
                throw _table.Wrong(row, "every picture once", $"'{image}' again");
            }

            string mask = _table.Value(row, "mask");
            mask = mask.Length > 0 ? PathIn(row, "mask") : mask;
            foreach (string path in (string[])[image, mask])
            {
                if (path.Length > 0 && !folders.Holds(path))
                {
                    missing++;
                    firstMissing ??= path;
                }
            }

            Add(builder, row, folders.File(image), mask.Length > 0 ? mask : null);
        }

        // Without some of its pictures a published division would give numbers that compare with nobody's.
        return missing == 0 ? builder.Build() : throw new DatasetException(
            DatasetError.MissingFile, _path, $"the files that it lists for '{category}'", $"{missing} missing, the first is {firstMissing}",
            "get the data set whole, or remove their lines");
    }

    private void Add(CategoryBuilder builder, CsvRow row, ListedFile file, string? mask)
    {
        bool isDefective = _table.Value(row, "label") switch
        {
            "normal" => false,
            "anomaly" => true,
            var other => throw _table.Wrong(row, "the label normal or anomaly", $"'{other}'"),
        };
        switch (_table.Value(row, "split"))
        {
            case "train" when !isDefective:
                builder.AddTrain(file);
                break;
            case "train":
                throw _table.Wrong(row, "good pictures only to learn from", "split train with label anomaly");
            case "test":
                builder.AddTest(file, isDefective ? VisaDataset.Defect : DatasetItem.GoodKind, isDefective ? mask : null);
                break;
            case var other:
                throw _table.Wrong(row, "the split train or test", $"'{other}'");
        }
    }

    /// <summary>A path of the table: below the root, or refused.</summary>
    private string PathIn(CsvRow row, string column)
    {
        string path = _table.Value(row, column);
        bool isInside = path.Length > 0 && !Path.IsPathRooted(path) && !path.Contains('\\', StringComparison.Ordinal) && !path.Contains(':', StringComparison.Ordinal)
            && path.Split('/').All(part => part is not ("" or "." or ".."));
        return isInside ? path : throw _table.Wrong(row, $"a path below the root, with '/', as the {column}", $"'{path}'");
    }

    /// <summary>The files of the folders that the table names, each folder listed once instead of every file asked for.</summary>
    private sealed class Folders(string root)
    {
        private readonly Dictionary<string, (ListedFolder Folder, HashSet<string> Names)> _folders = new(StringComparer.Ordinal);

        public bool Holds(string path)
        {
            // Where case does not count, the listing's may differ from the table's.
            return Of(path).Names.Contains(Path.GetFileName(path)) || System.IO.File.Exists(Path.Combine(root, path));
        }

        public ListedFile File(string path) => new(Of(path).Folder, Path.GetFileName(path));

        private (ListedFolder Folder, HashSet<string> Names) Of(string path)
        {
            string prefix = path[..^Path.GetFileName(path).Length];
            if (!_folders.TryGetValue(prefix, out (ListedFolder, HashSet<string>) folder))
            {
                string full = Path.Combine(root, prefix);
                var names = new HashSet<string>(StringComparer.Ordinal);
                if (Directory.Exists(full))
                {
                    PictureFiles.Try(full, () => { FolderWalk.Files(full, 0, (_, name) => names.Add(name.ToString())); return true; });
                }

                folder = (new ListedFolder(root, prefix), names);
                _folders.Add(prefix, folder);
            }

            return folder;
        }
    }
}
