namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// One axis of a convolution pass, rewritten as a correlation of stride 1: position u of a grid sums, over the taps, weight
/// times plane[u + shift]. A strided convolution reads one plane per residue of the stride (the source taken apart);
/// the adjoint of one (a transposed convolution) writes one grid per residue (the target put together), each with the taps
/// that meet it, so that nothing is ever multiplied by an inserted zero.
/// </summary>
internal readonly struct PlaneAxis
{
    private readonly int _stride;
    private readonly int _dilation;
    private readonly bool _adjoint;

    private PlaneAxis(int kernel, int stride, int dilation, bool adjoint)
    {
        _stride = stride;
        _dilation = dilation;
        _adjoint = adjoint;
        Kernel = kernel;
        MaxShift = (kernel - 1) * dilation / stride;
    }

    /// <summary>Number of taps.</summary>
    public int Kernel { get; }

    /// <summary>The largest shift of a tap.</summary>
    public int MaxShift { get; }

    /// <summary>Elements of the source along the axis.</summary>
    public int SourceExtent { get; private init; }

    /// <summary>Plane p holds source[j * SourceStep + p + SourceOrigin] at j; zeros outside the source.</summary>
    public int SourceStep { get; private init; }

    /// <inheritdoc cref="SourceStep"/>
    public int SourceOrigin { get; private init; }

    /// <summary>Number of planes.</summary>
    public int SourcePhases { get; private init; }

    /// <summary>Positions of a grid.</summary>
    public int Grid { get; private init; }

    /// <summary>Elements of the target along the axis.</summary>
    public int TargetExtent { get; private init; }

    /// <summary>Position u of grid r is target[u * TargetStep + r + TargetOrigin]; outside the target it is dropped. Also the number of grids.</summary>
    public int TargetStep { get; private init; }

    /// <inheritdoc cref="TargetStep"/>
    public int TargetOrigin { get; private init; }

    /// <summary>Positions of a plane that the grid's positions reach.</summary>
    public int PlaneExtent => Grid + MaxShift;

    /// <summary>
    /// Zeros that end every plane's line and also begin the next one: lines may overlap by so many, which leaves fewer
    /// useless positions between them.
    /// </summary>
    public int Overlap
    {
        get
        {
            int overlap = MaxShift;
            for (int phase = 0; phase < SourcePhases; phase++)
            {
                overlap = Math.Min(overlap, Math.Min(First(phase), PlaneExtent - End(phase)));
            }

            return overlap;
        }
    }

    /// <summary>The axis of y = conv(x).</summary>
    public static PlaneAxis Forward(int input, int output, int kernel, int stride, int dilation, int padding) => new(kernel, stride, dilation, adjoint: false)
    {
        SourceExtent = input,
        SourceStep = stride,
        SourceOrigin = -padding,
        SourcePhases = Math.Min(stride, ((kernel - 1) * dilation) + 1),
        Grid = output,
        TargetExtent = output,
        TargetStep = 1,
    };

    /// <summary>The axis of x = convᵀ(y).</summary>
    public static PlaneAxis Adjoint(int input, int output, int kernel, int stride, int dilation, int padding)
    {
        int first = padding / stride;
        int last = (input - 1 + padding) / stride;
        return new(kernel, stride, dilation, adjoint: true)
        {
            SourceExtent = output,
            SourceStep = 1,
            SourceOrigin = first - ((kernel - 1) * dilation / stride),
            SourcePhases = 1,
            Grid = last - first + 1,
            TargetExtent = input,
            TargetStep = stride,
            TargetOrigin = (first * stride) - padding,
        };
    }

    /// <summary>The grid that a tap belongs to.</summary>
    public int TargetPhase(int tap) => _adjoint ? tap * _dilation % _stride : 0;

    /// <summary>The plane that a tap reads.</summary>
    public int SourcePhase(int tap) => _adjoint ? 0 : tap * _dilation % _stride;

    /// <summary>Where a tap reads the plane, relative to the grid's position.</summary>
    public int Shift(int tap) => _adjoint ? MaxShift - (tap * _dilation / _stride) : tap * _dilation / _stride;

    /// <summary>Number of taps of a grid.</summary>
    public int TapsOf(int targetPhase)
    {
        int count = 0;
        for (int tap = 0; tap < Kernel; tap++)
        {
            count += TargetPhase(tap) == targetPhase ? 1 : 0;
        }

        return count;
    }

    /// <summary>The first position of a plane that lies in the source.</summary>
    public int First(int phase) => Math.Clamp(-FloorDivide(phase + SourceOrigin, SourceStep), 0, PlaneExtent);

    /// <summary>The end of the positions of a plane that lie in the source.</summary>
    public int End(int phase) => Math.Clamp(-FloorDivide(phase + SourceOrigin - SourceExtent, SourceStep), First(phase), PlaneExtent);

    private static int FloorDivide(int value, int divisor) => (value / divisor) - (value % divisor < 0 ? 1 : 0);
}
