using System.Text;

namespace GoNoGo.Vision.Datasets.Visa;

/// <summary>
/// A small comma-separated table with a header, read strictly: quotes as in RFC 4180, any line end, a byte order mark allowed,
/// empty lines passed over. A file of five columns is no reason for a package.
/// </summary>
internal sealed class CsvTable
{
    // The published table has 11,000 rows in 1 MB.
    private const long MostBytes = 256 << 20;

    private readonly string _path;
    private readonly string[] _columns;

    private CsvTable(string path, string[] columns, List<CsvRow> rows)
    {
        _path = path;
        _columns = columns;
        Rows = rows;
    }

    /// <summary>The rows below the header.</summary>
    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns that must be there, in any order; others are passed over.</param>
    /// <exception cref="DatasetException">The file cannot be read, lacks a column, or has a damaged line.</exception>
    public static CsvTable Read(string path, params string[] columns) => PictureFiles.Try(path, () =>
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw Damaged(path, $"at most {MostBytes} bytes", "more", "give the published table");
        }

        string text = File.ReadAllText(path, Encoding.UTF8);
        var lines = new CsvText(path, text);
        if (lines.Next() is not { } header)
        {
            throw Damaged(path, $"a line with the columns {string.Join(", ", columns)}", "an empty file", "get the file anew");
        }

        int[] places = Array.ConvertAll(columns, column => Array.IndexOf(header.Fields, column));
        int missing = Array.IndexOf(places, -1);
        if (missing >= 0)
        {
            throw Damaged(path, $"the columns {string.Join(", ", columns)}", $"no '{columns[missing]}' in {string.Join(", ", header.Fields)}", "get the file anew");
        }

        var rows = new List<CsvRow>();
        while (lines.Next() is { } row)
        {
            if (row.Fields.Length != header.Fields.Length)
            {
                throw Damaged(path, $"{header.Fields.Length} fields in line {row.Line} like in the header", $"{row.Fields.Length}", "put the line right or get the file anew");
            }

            rows.Add(new CsvRow(row.Line, Array.ConvertAll(places, place => row.Fields[place])));
        }

        return new CsvTable(path, columns, rows);
    });

    /// <summary>The value of a row in one of the columns that were asked for.</summary>
    public string Value(CsvRow row, string column) => row.Fields[Array.IndexOf(_columns, column)];

    /// <summary>What is wrong with a row.</summary>
    public DatasetException Wrong(CsvRow row, string expected, string found) =>
        Damaged(_path, $"{expected} in line {row.Line}", found, "put the line right or get the file anew");

    internal static DatasetException Damaged(string path, string expected, string found, string advice) =>
        new(DatasetError.DamagedFile, path, expected, found, advice);
}

/// <summary>One row.</summary>
/// <param name="Line">The line that it begins in, from 1.</param>
/// <param name="Fields">Its values.</param>
internal sealed record CsvRow(int Line, string[] Fields);
