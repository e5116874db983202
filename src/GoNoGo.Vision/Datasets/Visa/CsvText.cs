using System.Text;

namespace GoNoGo.Vision.Datasets.Visa;

/// <summary>Cuts comma-separated text into rows.</summary>
internal sealed class CsvText(string path, string text)
{
    private int _at;
    private int _line = 1;

    /// <summary>The next row that is not empty; null at the end.</summary>
    public CsvRow? Next()
    {
        while (_at < text.Length)
        {
            int line = _line;
            List<string> fields = [Field()];
            while (_at < text.Length && text[_at] == ',')
            {
                _at++;
                fields.Add(Field());
            }

            EndLine(line);
            if (fields.Count > 1 || fields[0].Length > 0)
            {
                return new CsvRow(line, [.. fields]);
            }
        }

        return null;
    }

    private string Field()
    {
        if (_at < text.Length && text[_at] == '"')
        {
            return Quoted();
        }

        int start = _at;
        while (_at < text.Length && text[_at] is not (',' or '\r' or '\n'))
        {
            if (text[_at] == '"')
            {
                throw CsvTable.Damaged(path, $"quotes around a whole field in line {_line}", "one within it", "put the line right or get the file anew");
            }

            _at++;
        }

        return text[start.._at].Trim();
    }

    private string Quoted()
    {
        var field = new StringBuilder();
        int line = _line;
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != '"')
            {
                _line += text[_at] == '\n' ? 1 : 0;
                field.Append(text[_at]);
            }
            else if (_at + 1 < text.Length && text[_at + 1] == '"')
            {
                field.Append(text[++_at]);
            }
            else
            {
                _at++;
                return field.ToString();
            }
        }

        throw CsvTable.Damaged(path, $"closing quotes for line {line}", "the end of the file", "put the line right or get the file anew");
    }

    private void EndLine(int line)
    {
        if (_at < text.Length && text[_at] is not ('\r' or '\n'))
        {
            throw CsvTable.Damaged(path, $"a comma behind the quotes in line {line}", $"'{text[_at]}'", "put the line right or get the file anew");
        }

        if (_at < text.Length && text[_at] == '\r')
        {
            _at++;
        }

        if (_at < text.Length && text[_at] == '\n')
        {
            _at++;
        }

        _line++;
    }
}
