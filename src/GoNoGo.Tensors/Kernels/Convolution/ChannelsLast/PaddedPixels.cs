using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>Maps <c>[B, C, H, W]</c> copied to channels last, <c>[B, Height, Width, C]</c>, with the zeros around them that a convolution reads.</summary>
internal readonly unsafe struct PaddedPixels
{
    private readonly ConvolutionGeometry _geometry;

    public PaddedPixels(in ConvolutionGeometry geometry)
    {
        _geometry = geometry;
        Height = ((geometry.OutputHeight - 1) * geometry.Window.StrideHeight) + ((geometry.KernelHeight - 1) * geometry.Window.DilationHeight) + 1;
        Width = ((geometry.OutputWidth - 1) * geometry.Window.StrideWidth) + ((geometry.KernelWidth - 1) * geometry.Window.DilationWidth) + 1;
    }

    /// <summary>Rows that windows reach, padding included.</summary>
    public int Height { get; }

    /// <summary>Columns that windows reach, padding included.</summary>
    public int Width { get; }

    /// <summary>Floats of one image.</summary>
    public long ImageSize => (long)Height * Width * _geometry.InputChannels;

    /// <summary>Copies maps.</summary>
    public void Fill(float* maps, int images, float* pixels) => Workers.For(images * Height, new Body(this, maps, pixels));

    private readonly struct Body(PaddedPixels padded, float* maps, float* pixels) : IParallelBody
    {
        public void Invoke(int index)
        {
            ConvolutionGeometry g = padded._geometry;
            int channels = g.InputChannels;
            int image = index / padded.Height;
            int y = index - (image * padded.Height) - g.Window.PaddingTop;
            float* line = pixels + ((long)index * padded.Width * channels);
            int first = Math.Min(g.Window.PaddingLeft, padded.Width);
            int end = (uint)y < (uint)g.InputHeight ? Math.Clamp(g.Window.PaddingLeft + g.InputWidth, first, padded.Width) : first;
            new Span<float>(line, first * channels).Clear();
            new Span<float>(line + (end * channels), (padded.Width - end) * channels).Clear();
            for (int channel = 0; channel < channels && end > first; channel++)
            {
                float* from = maps + (((((long)image * channels) + channel) * g.InputHeight) + y) * g.InputWidth;
                float* to = line + (first * channels) + channel;
                for (int x = 0; x < end - first; x++, to += channels)
                {
                    *to = from[x];
                }
            }
        }
    }
}
