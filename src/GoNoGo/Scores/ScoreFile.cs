using System.Globalization;

namespace GoNoGo.Scores;

/// <summary>
/// A list of anybody's image scores: a CSV file with a header that names the columns <c>label</c> (0 or 1, good or bad; 1 =
/// defective) and <c>score</c>; other columns are passed over. Columns are parted by commas (by semicolons or tabs where the
/// header has no comma), numbers have a decimal point.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Scores">One score a row; larger = more anomalous.</param>
/// <param name="Labels">One label a row; 1 = defective.</param>
public sealed record ScoreFile(string Path, double[] Scores, byte[] Labels)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="ScoreInputException">The file is missing or a line is not as expected; the message names the line.</exception>
    public static ScoreFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var reader = new StreamReader(path);
            return Read(path, reader);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not ScoreInputException))
        {
            throw new ScoreInputException($"cannot read the scores '{path}': {exception.Message}", exception);
        }
    }

    private static ScoreFile Read(string path, TextReader reader)
    {
        string header = reader.ReadLine() ?? throw new ScoreInputException($"'{path}' is empty; expected a header with the columns label and score.");
        char separator = header.Contains(',', StringComparison.Ordinal) ? ',' : header.Contains(';', StringComparison.Ordinal) ? ';' : '\t';
        List<string> names = Split(header, separator);
        int label = Column(path, names, "label");
        int score = Column(path, names, "score");
        var scores = new List<double>();
        var labels = new List<byte>();
        int line = 1;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (text.AsSpan().Trim().IsEmpty)
            {
                continue;
            }

            List<string> fields = Split(text, separator);
            if (fields.Count != names.Count)
            {
                throw Wrong(path, line, $"{names.Count} columns as in the header", $"{fields.Count}");
            }

            labels.Add(ParseLabel(path, line, fields[label]));
            scores.Add(ParseScore(path, line, fields[score]));
        }

        return scores.Count > 0
            ? new ScoreFile(path, [.. scores], [.. labels])
            : throw new ScoreInputException($"'{path}' has a header but no rows; expected one row a picture.");
    }

    private static int Column(string path, List<string> names, string wanted)
    {
        int[] found = [.. Enumerable.Range(0, names.Count).Where(i => names[i].Equals(wanted, StringComparison.OrdinalIgnoreCase))];
        return found.Length == 1 ? found[0] : throw new ScoreInputException(
            $"'{path}': expected one column '{wanted}' in the header, found {(found.Length == 0 ? string.Join(", ", names.Select(name => $"'{name}'")) : "it twice")}; name the columns label and score in the first line.");
    }

    private static byte ParseLabel(string path, int line, string text) => text.ToUpperInvariant() switch
    {
        "0" or "GOOD" => 0,
        "1" or "BAD" => 1,
        _ => throw Wrong(path, line, "the label 0, 1, good or bad", $"'{text}'"),
    };

    private static double ParseScore(string path, int line, string text)
    {
        double? value = text.ToUpperInvariant() switch
        {
            "INF" or "+INF" => double.PositiveInfinity,
            "-INF" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) && !double.IsNaN(parsed) ? parsed : null,
        };
        return value ?? throw Wrong(path, line, "a number with a decimal point as the score", $"'{text}'");
    }

    /// <summary>The fields of a line; a field may be quoted, with quotes doubled inside.</summary>
    private static List<string> Split(string line, char separator)
    {
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char letter = line[i];
            if (letter == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == separator && !quoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(letter);
            }
        }

        fields.Add(field.ToString().Trim());
        return fields;
    }

    private static ScoreInputException Wrong(string path, int line, string expected, string found) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{path}', line {line}: expected {expected}, found {found}; correct that line."));
}
