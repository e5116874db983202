namespace GoNoGo.Learning.Graphs.Operators;

/// <summary>
/// How a map of H x W tokens is cut into windows: padded with zeros at the bottom and right to whole windows, rolled by
/// (-shift, -shift), cut row by row (Liu et al. 2021).
/// </summary>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Window">Rows and columns of a window, w.</param>
/// <param name="Shift">Rows and columns of the cyclic shift; 0 for none, smaller than the window.</param>
public sealed record WindowGrid(int Height, int Width, int Window, int Shift = 0)
{
    /// <summary>Rows with the padding.</summary>
    public int PaddedHeight => (Height + Window - 1) / Window * Window;

    /// <summary>Columns with the padding.</summary>
    public int PaddedWidth => (Width + Window - 1) / Window * Window;

    /// <summary>Windows of one image.</summary>
    public int Windows => PaddedHeight / Window * (PaddedWidth / Window);

    /// <summary>Tokens of one window.</summary>
    public int Tokens => Window * Window;

    /// <summary>
    /// For every token of every window, in their order, the token of the map that it shows; -1 where it shows padding.
    /// <c>[Windows * Tokens]</c>.
    /// </summary>
    public int[] Sources()
    {
        var sources = new int[Windows * Tokens];
        int across = PaddedWidth / Window;
        for (int i = 0; i < sources.Length; i++)
        {
            (int window, int token) = (i / Tokens, i % Tokens);
            int row = ((window / across * Window) + (token / Window) + Shift) % PaddedHeight;
            int column = ((window % across * Window) + (token % Window) + Shift) % PaddedWidth;
            sources[i] = row < Height && column < Width ? (row * Width) + column : -1;
        }

        return sources;
    }

    /// <summary>For every token of the map the token of the windows that shows it. <c>[H W]</c>.</summary>
    public int[] Targets()
    {
        int[] sources = Sources();
        var targets = new int[Height * Width];
        for (int i = 0; i < sources.Length; i++)
        {
            if (sources[i] >= 0)
            {
                targets[sources[i]] = i;
            }
        }

        return targets;
    }

    /// <summary>
    /// What shifted windows add to the logits: 0 where query and key come from the same of the 3 x 3 regions of the padded map that the
    /// shift separates, -100 elsewhere. <c>[Windows, Tokens, Tokens]</c>.
    /// </summary>
    public float[] Mask()
    {
        var mask = new float[(long)Windows * Tokens * Tokens];
        int across = PaddedWidth / Window;
        var regions = new int[Tokens];
        for (int window = 0; window < Windows; window++)
        {
            for (int token = 0; token < Tokens; token++)
            {
                int row = (window / across * Window) + (token / Window);
                int column = (window % across * Window) + (token % Window);
                regions[token] = (3 * Region(row, PaddedHeight)) + Region(column, PaddedWidth);
            }

            Span<float> part = mask.AsSpan(window * Tokens * Tokens, Tokens * Tokens);
            for (int i = 0; i < part.Length; i++)
            {
                part[i] = regions[i / Tokens] == regions[i % Tokens] ? 0f : -100f;
            }
        }

        return mask;
    }

    private int Region(int position, int extent) => position < extent - Window ? 0 : position < extent - Shift ? 1 : 2;
}
