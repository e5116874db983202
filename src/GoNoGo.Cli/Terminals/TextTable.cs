using System.Text;
using Spectre.Console;

namespace GoNoGo.Cli.Terminals;

/// <summary>One cell.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>A table: aligned columns of plain text, or a drawn table on a terminal. A heading that begins with '>' aligns to the right.</summary>
internal sealed class TextTable
{
    private readonly string[] _headings;
    private readonly bool[] _toRight;
    private readonly List<Cell[]> _rows = [];

    public TextTable(params string[] headings)
    {
        _toRight = [.. headings.Select(heading => heading.StartsWith('>'))];
        _headings = [.. headings.Select(heading => heading.TrimStart('>'))];
    }

    public int RowCount => _rows.Count;

    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <summary>Aligned text, without headings where all are empty.</summary>
    public string ToText()
    {
        IEnumerable<string[]> all = _rows.Select(row => Array.ConvertAll(row, cell => cell.Text));
        if (_headings.Any(heading => heading.Length > 0))
        {
            all = all.Prepend(_headings);
        }

        string[][] lines = [.. all];
        int[] widths = [.. Enumerable.Range(0, _headings.Length).Select(column => lines.Max(line => line[column].Length))];
        var text = new StringBuilder();
        foreach (string[] line in lines)
        {
            int start = text.Length;
            for (int column = 0; column < line.Length; column++)
            {
                text.Append(column > 0 ? "  " : "");
                text.Append(_toRight[column] ? line[column].PadLeft(widths[column]) : line[column].PadRight(widths[column]));
            }

            while (text.Length > start && text[^1] == ' ')
            {
                text.Length--;
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    public Table ToDrawing()
    {
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = _headings.Any(heading => heading.Length > 0) };
        for (int column = 0; column < _headings.Length; column++)
        {
            table.AddColumn(new TableColumn(new Text(_headings[column], new Style(decoration: Decoration.Bold)))
            {
                Alignment = _toRight[column] ? Justify.Right : Justify.Left,
                NoWrap = column == 0,
            });
        }

        foreach (Cell[] row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell.Text, cell.Tone.Style())));
        }

        return table;
    }
}
