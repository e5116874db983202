using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic;

/// <summary>What is written on the part: an etched square code and a printed label.</summary>
internal static class Marking
{
    private const int CodeModules = 12;
    private const float ModuleSize = 1.7f;
    private const float DotSize = 1.45f;
    private const string Text = "GNG-204";
    private const int Samples = 3;

    private static readonly Vector2 CodeCentre = new(0f, -74f);
    private static readonly Vector2 LabelCentre = new(0f, 75.2f);
    private static readonly Vector2 LabelHalf = new(36f, 8.2f);

    // Rows of 5 bits, top first, of the characters in the text.
    private static readonly Dictionary<char, byte[]> Font = new()
    {
        ['G'] = [0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01111],
        ['N'] = [0b10001, 0b11001, 0b11001, 0b10101, 0b10011, 0b10011, 0b10001],
        ['-'] = [0, 0, 0, 0b11111, 0, 0, 0],
        ['2'] = [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
        ['0'] = [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
        ['4'] = [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
    };

    /// <summary>Whether a point lies on the label or the code, with a margin.</summary>
    public static bool IsNear(Vector2 point, float margin) =>
        Ink.RoundedBox(point - LabelCentre, LabelHalf, 1f) < margin
        || Ink.RoundedBox(point - CodeCentre, new Vector2(CodeModules * ModuleSize / 2f), 1f) < margin;

    /// <summary>The etched code: a data-matrix look, solid on two sides, dashed on the others.</summary>
    public static Vector3 Code(Vector3 metal, Vector2 point, float blur)
    {
        Vector2 local = point - CodeCentre;
        float edge = Ink.RoundedBox(local, new Vector2(CodeModules * ModuleSize / 2f), 0.5f);
        if (edge > blur)
        {
            return metal;
        }

        float dark = Average(local, blur, static at =>
        {
            int column = (int)MathF.Floor((at.X / ModuleSize) + (CodeModules / 2f));
            int row = (int)MathF.Floor((at.Y / ModuleSize) + (CodeModules / 2f));
            return IsModule(column, row) ? 1f : 0f;
        });
        return Vector3.Lerp(metal, new Vector3(92f, 92f, 96f), 0.85f * dark);
    }

    /// <summary>The label: matt off-white with dark print, a hair thicker than the metal it sits on.</summary>
    public static Vector3 Label(Vector3 metal, Vector2 point, float blur)
    {
        Vector2 local = point - LabelCentre;
        float edge = Ink.RoundedBox(local, LabelHalf, 2f);
        if (edge > 3f + blur)
        {
            return metal;
        }

        float shadow = 0.25f * Ink.Cover(Ink.RoundedBox(local + (0.9f * Ink.Light), LabelHalf, 2f), 2f);
        Vector3 paper = new(226f, 222f, 208f);
        float print = Average(local, blur, static at => Character(at + new Vector2(Text.Length * 3f * DotSize, 3.5f * DotSize)));
        float frame = Ink.Band(edge, -1.7f, -0.9f, blur);
        paper = Vector3.Lerp(paper, new Vector3(38f, 44f, 62f), Math.Clamp(print + (0.8f * frame), 0f, 1f));
        return Vector3.Lerp(metal * (1f - shadow), paper, Ink.Cover(edge, blur));
    }

    private static float Character(Vector2 at)
    {
        int column = (int)MathF.Floor(at.X / DotSize);
        int row = (int)MathF.Floor(at.Y / DotSize);
        if (column < 0 || row is < 0 or > 6 || column >= 6 * Text.Length || column % 6 == 5)
        {
            return 0f;
        }

        return (Font[Text[column / 6]][row] >> (4 - (column % 6))) & 1;
    }

    private static bool IsModule(int column, int row)
    {
        const int last = CodeModules - 1;
        if (column < 0 || row < 0 || column > last || row > last)
        {
            return false;
        }

        if (column == 0 || row == last)
        {
            return true;
        }

        return row == 0 || column == last ? ((row + column) & 1) == 0 : (Ink.Hash(column, row, 2040) & 4) != 0;
    }

    private static float Average(Vector2 centre, float blur, Func<Vector2, float> at)
    {
        float sum = 0f;
        for (int j = 0; j < Samples; j++)
        {
            for (int i = 0; i < Samples; i++)
            {
                sum += at(centre + (blur * new Vector2(((i + 0.5f) / Samples) - 0.5f, ((j + 0.5f) / Samples) - 0.5f)));
            }
        }

        return sum / (Samples * Samples);
    }
}
