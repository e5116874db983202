namespace GoNoGo.Tensors.Kernels;

/// <summary>How values between the given ones are found.</summary>
public enum InterpolationMode
{
    /// <summary>The value at floor(i * in / out).</summary>
    Nearest,

    /// <summary>Straight lines between neighbours, in both directions.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.75 (Keys 1981); the edge values go on outside.</summary>
    Bicubic,
}

/// <summary>
/// One dimension of a resampling: which source positions an output position takes, and with which weights.
/// Positions are computed in double, without antialiasing. <paramref name="alignCorners"/> false: source = (i + 0.5) in / out - 0.5
/// (bilinear: not below 0); true: source = i (in - 1) / (out - 1).
/// </summary>
internal readonly unsafe struct ResamplingTaps(InterpolationMode mode, bool alignCorners, int inputs, int outputs, float* room)
{
    private readonly int* _positions = (int*)room;
    private readonly float* _weights = room + (Count(mode) * outputs);

    /// <summary>Source positions per output position.</summary>
    public int PerOutput => Count(mode);

    /// <summary>Floats that the table takes.</summary>
    public static long RoomFor(InterpolationMode mode, int outputs) => 2L * Count(mode) * outputs;

    /// <summary>The source positions of an output position; clamped, so they may repeat.</summary>
    public int* Positions(int output) => _positions + (PerOutput * output);

    /// <summary>Their weights.</summary>
    public float* Weights(int output) => _weights + (PerOutput * output);

    /// <summary>Fills the table.</summary>
    public void Fill()
    {
        for (int i = 0; i < outputs; i++)
        {
            int* positions = Positions(i);
            float* weights = Weights(i);
            if (mode == InterpolationMode.Nearest)
            {
                positions[0] = (int)((long)i * inputs / outputs);
                weights[0] = 1f;
                continue;
            }

            double source = alignCorners
                ? outputs == 1 ? 0 : (double)i * (inputs - 1) / (outputs - 1)
                : ((i + 0.5) * inputs / outputs) - 0.5;
            if (mode == InterpolationMode.Bilinear)
            {
                source = Math.Max(source, 0);
                int floor = Math.Min((int)source, inputs - 1);
                double part = source - floor;
                positions[0] = floor;
                positions[1] = Math.Min(floor + 1, inputs - 1);
                weights[0] = (float)(1 - part);
                weights[1] = (float)part;
                continue;
            }

            int left = (int)Math.Floor(source);
            for (int tap = 0; tap < 4; tap++)
            {
                positions[tap] = Math.Clamp(left - 1 + tap, 0, inputs - 1);
                weights[tap] = (float)Cubic(Math.Abs(source - (left - 1 + tap)));
            }
        }
    }

    private static int Count(InterpolationMode mode) => mode switch
    {
        InterpolationMode.Nearest => 1,
        InterpolationMode.Bilinear => 2,
        _ => 4,
    };

    private static double Cubic(double x)
    {
        const double a = -0.75;
        return x <= 1
            ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
            : ((((a * x) - (5 * a)) * x) + (8 * a)) * x - (4 * a);
    }
}
